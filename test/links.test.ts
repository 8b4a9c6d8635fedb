import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path/posix"
import { describe, expect, it } from "vitest"

const documents = [...globSync("*.md"), ...globSync("docs/**/*.md")]

/** The anchors of a document's headings, as GitHub makes them. */
function anchorsOf(document: string): string[] {
  const headings = readFileSync(document, "utf8")
    .replaceAll(/```[\s\S]*?```/g, "")
    .matchAll(/^#+ (.*)$/gm)
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  )
}

function brokenLinks(document: string): string[] {
  const text = readFileSync(document, "utf8").replaceAll(/```[\s\S]*?```/g, "")
  return [...text.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
    .filter(([, path = "", anchor]) => {
      const file = path === "" ? document : join(dirname(document), path)
      if (!existsSync(file)) return true
      return anchor !== undefined && !anchorsOf(file).includes(anchor)
    })
    .map(([link]) => link)
}

describe("the links of", () => {
  it.each(documents)("%s have targets", (document) => expect(brokenLinks(document)).toEqual([]))
})
