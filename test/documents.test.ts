import { globSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { layout } from "../src/durable/layout.ts"
import { sessionLayout } from "../src/session/saved-session.ts"

/** A block of TypeScript, TOML or JSON in a document, behind a comment that names where it is from: a file, or a region of one. */
const block = /(?:<!-- (\S+?)(?:#(\S+))? -->\n)?```(tsx?|toml|json)\n([\s\S]*?)```/g

function read(file: string, region?: string): string {
  const content = readFileSync(file, "utf8")
  if (!region) return content
  const [, found] = new RegExp(`// #region ${region}\\n([\\s\\S]*?)\\n *// #endregion`).exec(content) ?? []
  if (found === undefined) throw new Error(`${file} has no region ${region}`)
  const indent = /^ */.exec(found)?.[0] ?? ""
  return `${found.replaceAll(new RegExp(`^${indent}`, "gm"), "")}\n`
}

/** The reference is made from doc comments, whose examples are compiled. */
const documents = ["README.md", ...globSync("docs/**/*.md").filter((document) => document !== "docs/reference.md")]

describe("the code in the documents", () => {
  it.each(documents)("%s shows tested code", (document) => {
    const text = readFileSync(document, "utf8")
    const shown = text.replace(
      block,
      (whole, file: string | undefined, region: string | undefined, language: string) => {
        if (!file) throw new Error(`${document}: a block of code does not say which tested file it is from:\n${whole}`)
        return `<!-- ${file}${region ? `#${region}` : ""} -->\n\`\`\`${language}\n${read(file, region)}\`\`\``
      },
    )
    // `UPDATE_DOCUMENTS=1 npm test` writes the blocks anew.
    if (process.env.UPDATE_DOCUMENTS) writeFileSync(document, shown)
    else expect(text).toBe(shown)
  })
})

describe("the layouts of stored values", () => {
  it("are those that docs/durable.md names", () => {
    const named = [...readFileSync("docs/durable.md", "utf8").matchAll(/, at\s+present (\d+)\./g)]
    expect(named.map(([, number]) => Number(number))).toEqual([layout, sessionLayout])
  })
})

/** How many lines of code a document shows of a file, or of a region of one. */
function linesOf(document: string, source: string): number {
  const text = readFileSync(document, "utf8")
  const shown = [...text.matchAll(block)].find(
    ([, file, region]) => [file, region].filter(Boolean).join("#") === source,
  )
  if (!shown) throw new Error(`${document} shows nothing of ${source}`)
  return (shown[4] as string).trimEnd().split("\n").length
}

describe("the most common handlers take fewer than 25 lines:", () => {
  it.each([
    ["a bridge", "docs/recipes.md", "test/docs/bridge.test.ts#bridge"],
    ["a feed that many clients read", "docs/recipes.md", "test/docs/bridge.test.ts#feed"],
    ["a token stream", "README.md", "durable-objects/tokens.ts"],
    ["a token stream", "docs/durable.md", "durable-objects/tokens.ts"],
    ["a token stream of server-sent events", "docs/recipes.md", "test/docs/model-tokens.test.ts#tokens"],
  ])("%s (%s, %s)", (_, document, source) => {
    expect(linesOf(document, source)).toBeLessThan(25)
  })
})
