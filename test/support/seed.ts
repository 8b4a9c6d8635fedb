import fc from "fast-check"
import { vi } from "vitest"

// A red run of CI shall mean that the change broke something: there the properties try the same cases each time. Everywhere
// else they try new ones, and print the seed of what they find.
if (process.env.CI) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 })

// Thousands of cases take as long as the machine is busy: no property asserts a time.
vi.setConfig({ testTimeout: 600_000 })
