import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { declarationsOf } from "./support/declarations.ts"
import { referencePage } from "./support/reference.ts"

const { exports } = JSON.parse(readFileSync("package.json", "utf8"))
/** The stand-in for `cloudflare:workers` has no exports of its own to document. */
const entries = Object.entries<{ types: string }>(exports).filter(([path]) => path !== "./testing/cloudflare-workers")
const modules = entries.map(([path, { types }]): [string, string] => [
  path === "." ? "index" : path.replace("./", ""),
  types.replace("./dist/package/", "").replace(".d.ts", ""),
])
const declarations = declarationsOf(new Map(modules))

describe("docs/reference.md", () => {
  it("shows the doc comments", () => {
    const page = referencePage(declarations)
    // `UPDATE_DOCUMENTS=1 npm test` writes it anew.
    if (process.env.UPDATE_DOCUMENTS) writeFileSync("docs/reference.md", page)
    else expect(readFileSync("docs/reference.md", "utf8")).toBe(page)
  })
})

describe.each([...declarations])("every export of %s", (_, exported) => {
  it.each(exported)("$name has a doc comment", ({ doc }) => expect(doc).not.toBe(""))
})
