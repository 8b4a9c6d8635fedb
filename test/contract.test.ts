import { globSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

/** The rows of the table in `docs/contract.md`, by number. */
const rows = [...readFileSync("docs/contract.md", "utf8").matchAll(/^\| (\d+a?) \|/gm)].map(([, row = ""]) => row)
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index))

/** The tests of the contract: the names of their tests say which row each is about. */
const suites = globSync("test/outside/contract-*.test.ts").map((file) => ({ file, text: readFileSync(file, "utf8") }))

function rowsOf(text: string): Set<string> {
  // A list of cases has the number in a property, as `row: 12`.
  return new Set([...text.matchAll(/\brow:? (\d+a?)/g)].map(([, row = ""]) => row))
}

describe("the contract", () => {
  it("has its rows in order", () => {
    expect(rows).toEqual([...numbers(1, 8), "8a", ...numbers(9, 39), ...numbers(50, 58)])
  })

  it.each(rows)("has a test of row %s", (row) => {
    expect(suites.filter(({ text }) => rowsOf(text).has(row)).map(({ file }) => file)).not.toEqual([])
  })

  it("has a test of each row on every target, except for rows that a plain Worker cannot have", () => {
    const everywhere = suites.filter(({ text }) => text.includes("describe.each(targets)"))
    const covered = new Set(everywhere.flatMap(({ text }) => [...rowsOf(text)]))
    const ofObjects = ["29", "38", ...numbers(50, 58)]
    expect(rows.filter((row) => !covered.has(row) && !ofObjects.includes(row))).toEqual([])
  })

  it("has no test of a row that does not exist", () => {
    const tested = suites.flatMap(({ text }) => [...rowsOf(text)])
    expect(tested.filter((row) => !rows.includes(row))).toEqual([])
  })
})
