import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const families: Record<string, readonly string[]> = {
  Sources: ["src/stream/source.ts"],
  Transforming: ["src/stream/operators/transform.ts", "src/stream/operators/stateful.ts"],
  Limiting: ["src/stream/operators/limit.ts"],
  "With the clock": ["src/stream/operators/time.ts"],
  "Between fast and slow": ["src/stream/operators/buffer.ts"],
  "Joining streams": ["src/stream/operators/fan-in.ts"],
  "Streams within streams": ["src/stream/operators/substreams.ts"],
  "Splitting streams": ["src/stream/operators/fan-out.ts"],
  "How a stream ends": ["src/stream/operators/recover.ts"],
  Restarting: ["src/stream/restart-source.ts", "src/stream/restart-flow.ts"],
  "Making flows": ["src/stream/flow.ts"],
  "Running sources": ["src/stream/operators/running.ts"],
  Sinks: ["src/stream/sink.ts"],
  "With actors (`sluice/actor`)": ["src/actor/actor-source.ts", "src/actor/actor-sink.ts", "src/actor/actor-flow.ts"],
}

interface Operator {
  name: string
  /** The doc comment as one line of text a paragraph or item. */
  lines: string[]
}

/** The public methods that have a doc comment with list items: operators, and the static makers of blueprints. */
function operatorsIn(file: string): Operator[] {
  const documented = / {2}\/\*\*\n((?: {3}\*.*\n)+?) {3}\*\/\n {2}(?:static )?(\w+)[<(]/g
  const code = readFileSync(file, "utf8")
  return [...code.matchAll(documented)]
    .map(([, comment = "", method = ""]) => ({ name: ownerOf(file, code) + method, lines: paragraphs(comment) }))
    .filter(({ lines }) => lines.some((line) => line.startsWith("- **")))
}

/** Methods of one name stand next to one another where they are about actors or restarts. */
function ownerOf(file: string, code: string): string {
  if (!/^src\/(actor\/|stream\/restart)/.test(file)) return ""
  const [, owner] = /^export (?:class|const) (\w+)/m.exec(code) ?? []
  return `${owner}.`
}

function paragraphs(comment: string): string[] {
  const text = comment.replaceAll(/^ {3}\* ?/gm, "")
  return text.split(/\n\n|\n(?=- )/).map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, " ").trim())
}

function line({ lines }: Operator, label: string): string | undefined {
  return lines.find((text) => text.startsWith(`- **${label}`))?.replace(/^- \*\*.*?\*\* */, "")
}

const five = ["Emits when", "Backpressures when", "Completes when", "Cancels when", "Hibernates:"]
const asSource = ["Completes when", "Hibernates:"]
const asSink = ["Cancels when", "Hibernates:"]
/** The exceptions from the five lines, by file. */
const expected: Record<string, readonly string[]> = {
  "src/stream/source.ts": asSource,
  "src/stream/restart-source.ts": asSource,
  "src/stream/operators/running.ts": asSource,
  "src/actor/actor-source.ts": asSource,
  "src/stream/sink.ts": asSink,
  "src/actor/actor-sink.ts": asSink,
}

describe.each(Object.entries(families))("%s", (_, files) => {
  const operators = files.flatMap((file) => operatorsIn(file).map((operator) => ({ ...operator, file })))

  it.each(operators)("$name is documented by its lines", (operator) => {
    const missing = (expected[operator.file] ?? five).filter((label) => line(operator, label) === undefined)
    expect(missing).toEqual([])
  })
})

describe("docs/operators.md", () => {
  it("shows the doc comments", () => {
    const sections = Object.entries(families).map(([family, files]) => {
      const rows = files.flatMap(operatorsIn).map((operator) => {
        const sentence = operator.lines[0]?.split(/\.(?:\s|$)/)[0]
        return `| \`${operator.name}\` | ${sentence} | ${line(operator, "Hibernates:")} |`
      })
      return `## ${family}\n\n| | what it does | hibernates |\n|---|---|---|\n${rows.join("\n")}\n`
    })
    const intro =
      "# Operators\n\nMade from the doc comments, which say the rest: when each emits, backpressures, completes and cancels.\n[Pekko's operators](pekko.md) stand beside them on a page of their own.\n"
    const page = [intro, ...sections].join("\n")
    // `UPDATE_DOCUMENTS=1 npm test` writes it anew.
    if (process.env.UPDATE_DOCUMENTS) writeFileSync("docs/operators.md", page)
    else expect(readFileSync("docs/operators.md", "utf8")).toBe(page)
  })
})
