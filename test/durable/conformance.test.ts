import { env } from "cloudflare:workers"
import { WorkerdObject } from "sluice/testing/workerd"
import { describe } from "vitest"
import { conforms } from "../testing/conformance.ts"

describe("in workerd", () => conforms(() => new WorkerdObject(env.WORKBENCH)))
