import { globSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

/** The rows of the table in `docs/contract.md`, by number. */
const rows = [...readFileSync("docs/contract.md", "utf8").matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row))

/** The tests of the contract: the names of their tests say which row each is about. */
const suites = globSync("test/outside/contract-*.test.ts").map((file) => ({ file, text: readFileSync(file, "utf8") }))

function rowsOf(text: string): Set<number> {
  // A list of cases has the number in a property, as `row: 12`.
  return new Set([...text.matchAll(/\brow:? (\d+)/g)].map(([, row]) => Number(row)))
}

describe("the contract", () => {
  it("has its rows in order", () => {
    expect(rows).toEqual(Array.from({ length: 34 }, (_, index) => index + 1))
  })

  it.each(rows)("has a test of row %i", (row) => {
    expect(suites.filter(({ text }) => rowsOf(text).has(row)).map(({ file }) => file)).not.toEqual([])
  })

  it("has a test of each row on every target, but for what a plain Worker does not have", () => {
    const everywhere = suites.filter(({ text }) => text.includes("describe.each(targets)"))
    const covered = new Set(everywhere.flatMap(({ text }) => [...rowsOf(text)]))
    expect(rows.filter((row) => !covered.has(row))).toEqual([29])
  })

  it("has no test of a row that there is not", () => {
    const tested = suites.flatMap(({ text }) => [...rowsOf(text)])
    expect(tested.filter((row) => !rows.includes(row))).toEqual([])
  })
})
