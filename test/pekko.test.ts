import { readFileSync, writeFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { ActorFlow, Sink, Source } from "../src/actor.ts"
import { FlowObject } from "../src/durable.ts"
import { Flow } from "../src/stream/flow.ts"
import { RestartFlow } from "../src/stream/restart-flow.ts"
import { RestartSource } from "../src/stream/restart-source.ts"
import { Sink as StreamSink } from "../src/stream/sink.ts"
import { Source as StreamSource } from "../src/stream/source.ts"

const file = "docs/pekko.md"
const page = readFileSync(file, "utf8")
const verdicts = ["same name", "other name", "does not apply", "left out"]

interface Row {
  pekko: string
  verdict: string
  sluice: string
}

/** The rows of a part of the page, as their cells. */
const cells = (part: string) =>
  [...part.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(([, name = "", rest = ""]) => [
    name,
    ...rest.split("|").map((cell) => cell.trim()),
  ])

const [index = "", ours = ""] = page.split("## Not in the index")
const rows = cells(index).map(([pekko = "", verdict = "", sluice = ""]): Row => ({ pekko, verdict, sluice }))
const notInIndex = cells(ours).map(([name = ""]) => name)

/** The public names of a prototype and of its parents. */
function methodsOf(prototype: object): string[] {
  if (prototype === Object.prototype) return []
  return [...Object.getOwnPropertyNames(prototype), ...methodsOf(Object.getPrototypeOf(prototype))]
}

const notOperators = ["constructor", "of", "identity", "rest", "with", "stage", "concatStage"]
const operators = new Set(
  [...methodsOf(Flow.prototype), ...methodsOf(StreamSource.prototype)].filter((name) => !notOperators.includes(name)),
)
const staticsOf = (type: object) =>
  Object.getOwnPropertyNames(type).filter((name) => !/^(length|name|prototype)$/.test(name))

/** All members of Sluice, by the names of the page: operators alone, the others with their owner. */
const members = new Set([
  ...operators,
  ...staticsOf(Flow).map((name) => `Flow.${name}`),
  ...[...staticsOf(StreamSource), ...staticsOf(Source)].map((name) => `Source.${name}`),
  ...[...staticsOf(StreamSink), ...staticsOf(Sink)].map((name) => `Sink.${name}`),
  ...Object.keys(ActorFlow).map((name) => `ActorFlow.${name}`),
  ...Object.keys(RestartFlow).map((name) => `RestartFlow.${name}`),
  ...Object.keys(RestartSource).map((name) => `RestartSource.${name}`),
])

/** Pekko writes `Source/Flow` operators without an owner, and here an owner `Flow` may be an operator as well. */
const isOurs = (name: string) => members.has(name) || (name.startsWith("Flow.") && operators.has(name.slice(5)))

/** The names that a cell uses: those that its code calls, or its whole code. */
function namesIn(cell: string): string[] {
  const spans = [...cell.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span)
  return spans.flatMap((span) => {
    if (!span.includes("(")) return [span]
    return [...span.matchAll(/(?:\b([A-Z]\w*)\.)?(\w+)\(/g)].map(([, owner, name]) =>
      owner ? `${owner}.${name}` : `${name}`,
    )
  })
}

const of = (verdict: string) => rows.filter((row) => row.verdict === verdict)

describe("docs/pekko.md", () => {
  it("has each of the 235 operators of Pekko's index once", () => {
    expect(rows.length).toBe(235)
    expect(new Set(rows.map(({ pekko }) => pekko)).size).toBe(235)
  })

  it("has no row without a verdict", () => {
    expect(rows.filter(({ verdict }) => !verdicts.includes(verdict))).toEqual([])
  })

  it.each(of("same name"))("$pekko is a member of the same name", ({ pekko }) => {
    expect(isOurs(pekko)).toBe(true)
  })

  it.each(rows.filter(({ verdict }) => verdict !== "same name"))("$pekko is no member: $verdict", ({ pekko }) => {
    expect(isOurs(pekko)).toBe(false)
  })

  it.each(of("other name"))("$pekko is made of members: $sluice", ({ sluice }) => {
    expect(namesIn(sluice)).not.toEqual([])
  })

  it.each(rows.filter(({ sluice }) => sluice.includes("`")))("$pekko names members only: $sluice", ({ sluice }) => {
    const ofObjects = "hub" in FlowObject.prototype ? ["FlowObject.hub"] : []
    expect(namesIn(sluice).filter((name) => !members.has(name) && !ofObjects.includes(name))).toEqual([])
  })

  it.each([...of("does not apply"), ...of("left out")])("$pekko has a reason: $sluice", ({ sluice }) => {
    expect(sluice).not.toBe("")
  })

  it("has every operator of Sluice", () => {
    const named = [
      ...of("same name").map(({ pekko }) => pekko),
      ...of("other name").flatMap((row) => namesIn(row.sluice)),
    ]
    const all = new Set([...named, ...notInIndex])
    expect([...members].filter((name) => !all.has(name))).toEqual([])
  })

  it("has no operator twice, and none that Sluice does not have", () => {
    const named = rows.map(({ pekko }) => pekko)
    expect(notInIndex.filter((name) => named.includes(name) || !members.has(name))).toEqual([])
  })

  it("counts them", () => {
    const [same, other, none, left] = verdicts.map((verdict) => of(verdict).length)
    const counts = `Of ${rows.length} operators, ${same} have the same name here, ${other} another one, ${none} do not apply, and ${left} are left out.`
    // `UPDATE_DOCUMENTS=1 npm test` writes it anew.
    if (process.env.UPDATE_DOCUMENTS) writeFileSync(file, page.replace(/^(COUNTS|Of \d+ operators.*)$/m, counts))
    else expect(page).toContain(`\n${counts}\n`)
  })
})
