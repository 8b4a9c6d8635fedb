import fc from "fast-check"
import { vi } from "vitest"

// In CI the properties try the same cases each time, so that a red run means that the change broke something. Elsewhere they try new
// cases, and print the seed of a failure.
if (process.env.CI) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 })

// Thousands of cases take long on a busy machine. No property asserts a time.
vi.setConfig({ testTimeout: 600_000 })
