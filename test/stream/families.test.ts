import { globSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"

const files = globSync("src/stream/operators/*.ts")

/** The operators of a flow: the public methods of the families. */
function operators(): string[] {
  const names: string[] = []
  const own = Object.getPrototypeOf(Flow.prototype)
  for (let family = own; family !== Object.prototype; family = Object.getPrototypeOf(family)) {
    names.push(...Object.getOwnPropertyNames(family))
  }
  const notOperators = ["constructor", "stage", "with", "of", "identity", "concatStage"]
  return names.filter((name) => !notOperators.includes(name))
}

describe("the families of operators", () => {
  it("are all found", () => {
    expect(files.length).toBe(10)
    expect(operators()).toContain("map")
    expect(operators()).toContain("recoverWith")
  })

  it.each(files)("%s calls no operator, so the order of the families has no meaning", (file) => {
    const called = [...readFileSync(file, "utf8").matchAll(/\bthis\.(\w+)/g)].map(([, name]) => name)
    expect(called.filter((name) => name !== undefined && operators().includes(name))).toEqual([])
  })
})
