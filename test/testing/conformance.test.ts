import { MemoryObject } from "sluice/testing"
import { describe } from "vitest"
import { Workbench } from "../support/durable-worker/workbench.ts"
import { conforms } from "./conformance.ts"

describe("in memory", () => conforms(() => new MemoryObject(Workbench)))
