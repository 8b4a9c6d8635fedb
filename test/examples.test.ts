import { globSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { compileExamples } from "./support/example-compiler.ts"
import { examplesIn } from "./support/examples.ts"

const examples = globSync("src/**/*.ts")
  .sort()
  .flatMap((file) => examplesIn(file))

describe("the examples in doc comments", () => {
  it("are found", () => expect(examples.length).toBeGreaterThan(30))

  it("compile unchanged (fault 25)", async () => expect(await compileExamples(examples)).toEqual([]), 120_000)
})
