import { globSync, readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

/** A block of TypeScript or TOML in a document, behind a comment that names where it is from: a file, or a region of one. */
const block = /(?:<!-- (\S+?)(?:#(\S+))? -->\n)?```(ts|toml)\n([\s\S]*?)```/g

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
  it.each(documents)("%s shows what is tested", (document) => {
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
