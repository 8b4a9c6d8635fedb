import { globSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

/**
 * Pronouns for persons, which make a reader look for the subject: in prose the subject is a subscriber, a client, a timer.
 * See CONTRIBUTING.md, "Prose".
 */
const pronoun = /\b(who|whom|whoever|nobody|somebody|everybody)\b/i

/** Sentences that may have one, with the reason. */
const allowed: readonly { sentence: string; reason: string }[] = [
  {
    sentence: "who|whom|whoever|nobody|somebody|everybody",
    reason: "the list itself",
  },
]

const prose = [...globSync("*.md"), ...globSync("docs/**/*.md"), ...globSync(".github/**/*.{md,yml}")]
/** Made from the comments of src, where they are checked. */
const generated = ["docs/operators.md", "docs/reference.md"]
const code = globSync("{src,durable-objects}/**/*.{ts,css,mjs}")

const comment = /\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*/g

/** The lines of a text that have a pronoun. */
function offences(file: string, texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split("\n"))
    .filter((line) => pronoun.test(line) && !allowed.some(({ sentence }) => line.includes(sentence)))
    .map((line) => `${file}: ${line.trim()}`)
}

describe("prose", () => {
  const documents = prose.filter((file) => !generated.includes(file))

  it.each(documents)("%s names its subjects", (file) => {
    expect(offences(file, [readFileSync(file, "utf8")])).toEqual([])
  })

  it("of comments names its subjects", () => {
    expect(code.flatMap((file) => offences(file, readFileSync(file, "utf8").match(comment) ?? []))).toEqual([])
  })
})
