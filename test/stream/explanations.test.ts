import { execFile } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

/** A wrong type each, on a line of its own. */
const mistakes = {
  "a flow that takes other elements": "strings.via(Flow.of<number>())",
  "a flow that emits other elements": "const flow: Flow<string, number> = strings",
  "a flow that takes less": "const flow: Flow<string | number, string> = strings",
  "a source of other elements": 'const source: Source<number> = Source.from(["a"])',
  "a sink of other elements": "Source.range(1, 3).to(Sink.forEach((text: string) => text))",
  "a sink that takes less": "const sink: Sink<string | number> = Sink.forEach((text: string) => text)",
  "a sink with another result": "const sink: Sink<string, number> = Sink.head<string>()",
  "a flow where a source is wanted": "strings.merge(strings)",
  "a source that f makes of other elements":
    "const flow: Flow<string, number> = strings.flatMapConcat((text) => Source.single(text))",
  "a branch that takes other elements": "strings.broadcast(Flow.of<number>())",
  "a branch that is no flow": "strings.broadcast((all) => 7)",
}

const names = Object.keys(mistakes)
let folder = ""
/** The lines of each explanation, by the number of the mistake. */
let explanations: string[][] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "explanations-"))
  const lines = Object.values(mistakes).map((mistake) => `void (() => { ${mistake} })`)
  const head = 'import { Flow, Sink, Source } from "sluice"; const strings = Flow.of<string>()\n'
  await writeFile(join(folder, "mistakes.ts"), head + lines.join("\n"))
  const paths = { sluice: [resolve("src/index.ts")] }
  const compilerOptions = {
    paths,
    typeRoots: [resolve("node_modules/@types")],
    types: [resolve("node_modules/@cloudflare/workers-types")],
  }
  await writeFile(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: resolve("tsconfig.json"), compilerOptions, include: ["mistakes.ts"] }),
  )
  const printed = await new Promise<string>((done) => {
    execFile(resolve("node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false"], (_, stdout) => done(stdout))
  })
  explanations = lines.map((_, index) => explanationAt(printed, index + 2))
}, 600_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

function explanationAt(printed: string, line: number): string[] {
  const lines = printed.split("\n")
  const first = lines.findIndex((text) => text.includes(`mistakes.ts(${line},`))
  if (first < 0) return []
  const after = lines.slice(first + 1).findIndex((text) => !text.startsWith(" "))
  return lines.slice(first, first + 1 + after)
}

describe("TypeScript's explanation of a wrong type is short (fault 39)", () => {
  it.each(names.map((name, index) => [name, index] as const))("%s", (_, index) => {
    const lines = explanations[index] ?? []
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.length, lines.join("\n")).toBeLessThanOrEqual(4)
    expect(lines.join("\n")).not.toContain("phantom")
  })
})
