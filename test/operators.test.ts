import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const families = {
  Sources: "src/stream/source.ts",
  Transforming: "src/stream/operators/transform.ts",
  Limiting: "src/stream/operators/limit.ts",
  "With the clock": "src/stream/operators/time.ts",
  "Between fast and slow": "src/stream/operators/buffer.ts",
  "Joining streams": "src/stream/operators/fan-in.ts",
  "Splitting streams": "src/stream/operators/fan-out.ts",
  "How a stream ends": "src/stream/operators/recover.ts",
  "Making flows": "src/stream/flow.ts",
  Sinks: "src/stream/sink.ts",
}

interface Operator {
  name: string
  /** The doc comment as one line of text a paragraph or item. */
  lines: string[]
}

/** The public methods that have a doc comment with list items: operators, and the static makers of blueprints. */
function operatorsIn(file: string): Operator[] {
  const documented = / {2}\/\*\*\n((?: {3}\*.*\n)+?) {3}\*\/\n {2}(?:static )?(\w+)[<(]/g
  return [...readFileSync(file, "utf8").matchAll(documented)]
    .map(([, comment = "", name = ""]) => ({ name, lines: paragraphs(comment) }))
    .filter(({ lines }) => lines.some((line) => line.startsWith("- **")))
}

function paragraphs(comment: string): string[] {
  const text = comment.replaceAll(/^ {3}\* ?/gm, "")
  return text.split(/\n\n|\n(?=- )/).map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, " ").trim())
}

function line({ lines }: Operator, label: string): string | undefined {
  return lines.find((text) => text.startsWith(`- **${label}`))?.replace(/^- \*\*.*?\*\* */, "")
}

const five = ["Emits when", "Backpressures when", "Completes when", "Cancels when", "Hibernates:"]
const expected: Record<string, readonly string[]> = {
  Sources: ["Completes when", "Hibernates:"],
  Sinks: ["Cancels when", "Hibernates:"],
}

describe.each(Object.entries(families))("%s", (family, file) => {
  it.each(operatorsIn(file).map((operator) => [operator.name, operator] as const))(
    "%s is documented by its lines",
    (_, operator) => {
      const missing = (expected[family] ?? five).filter((label) => line(operator, label) === undefined)
      expect(missing).toEqual([])
    },
  )
})

describe("docs/operators.md", () => {
  it("is what the doc comments say", () => {
    const sections = Object.entries(families).map(([family, file]) => {
      const rows = operatorsIn(file).map((operator) => {
        const sentence = operator.lines[0]?.split(/\.(?:\s|$)/)[0]
        return `| \`${operator.name}\` | ${sentence} | ${line(operator, "Hibernates:")} |`
      })
      return `## ${family}\n\n| | what it does | hibernates |\n|---|---|---|\n${rows.join("\n")}\n`
    })
    const intro =
      "# Operators\n\nMade from the doc comments, which say the rest: when each emits, backpressures, completes and cancels.\n"
    const page = [intro, ...sections].join("\n")
    // `UPDATE_DOCUMENTS=1 npm test` writes it anew.
    if (process.env.UPDATE_DOCUMENTS) writeFileSync("docs/operators.md", page)
    else expect(readFileSync("docs/operators.md", "utf8")).toBe(page)
  })
})
