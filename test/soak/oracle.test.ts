import { describe, expect, it } from "vitest"
import { Findings } from "./findings.ts"
import { Ledger } from "./ledger.ts"
import { Received } from "./received.ts"
import { Trend } from "./trend.ts"

const MiB = 2 ** 20

describe("the oracle of a member's messages (fault 52)", () => {
  const findings = (...numbers: number[]) => {
    const received = new Received()
    return numbers.flatMap((number) => received.add(number) ?? [])
  }

  it("finds nothing in messages that come once and in order, from any number on", () => {
    expect(findings(7, 8, 9, 10)).toEqual([])
  })

  it("finds a lost, a doubled and a reordered message", () => {
    expect(findings(1, 3)).toEqual(["message 3 came after message 1"])
    expect(findings(1, 2, 2, 3)).toEqual(["message 2 came after message 2"])
    expect(findings(1, 3, 2, 4)).toEqual([
      "message 3 came after message 1",
      "message 2 came after message 3",
      "message 4 came after message 2",
    ])
  })
})

describe("the oracle of kills (fault 52)", () => {
  const sent = new Set(["a", "b", "c"])
  const ledger = () => {
    const findings = new Findings()
    return { findings, ledger: new Ledger("/room", findings, (entry) => sent.has(entry)) }
  }
  const found = (...journals: [count: number, ...tail: string[]][]) => {
    const { findings, ledger: book } = ledger()
    for (const [count, ...tail] of journals) {
      book.receive({ count, tail })
      book.restart()
    }
    return `${findings}`.split(", ").filter((kind) => !kind.endsWith(" 0"))
  }

  it("finds nothing if each process continues from the last number", () => {
    expect(found([1, "a"], [2, "a", "b"], [3, "c"])).toEqual([])
  })

  it("finds an entry that a later process does not have", () => {
    expect(found([2, "a", "b"], [1, "a"])).toEqual(["lost 1"])
  })

  it("finds an entry with two numbers", () => {
    expect(found([1, "a"], [2, "a", "a"])).toEqual(["doubled 1"])
  })

  it("finds entries in another order", () => {
    expect(found([2, "a", "b"], [2, "b", "a"])).toContain("renumbered 2")
  })

  it("finds an entry that no client has sent", () => {
    expect(found([1, "x"])).toEqual(["invented 1"])
  })
})

describe("the oracle of memory (fault 52)", () => {
  const trend = (bytes: (second: number) => number) => {
    const trend = new Trend()
    for (let second = 0; second < 600; second++) trend.add(second / 60, bytes(second))
    return trend.findings.map((finding) => finding.replace(/ [\d.]+ MiB:.*|:.*/, ""))
  }
  /** Garbage that is collected every eleven seconds. */
  const sawtooth = (second: number) => 1000 * MiB + (second % 11) * 10 * MiB

  it("finds nothing in memory that is flat, garbage included, for any first and last sample", () => {
    expect(trend(sawtooth)).toEqual([])
    expect(trend((second) => (second === 0 ? 900 * MiB : second === 599 ? 1200 * MiB : 1000 * MiB))).toEqual([])
  })

  it("finds memory that grows, although its last sample is not above the first", () => {
    const growing = (second: number) => sawtooth(second) + second * 0.5 * MiB
    expect(trend(growing)).toEqual(["The memory grew by"])
    expect(trend((second) => (second === 599 ? 1000 * MiB : growing(second)))).toEqual(["The memory grew by"])
  })

  it("finds a peak", () => {
    expect(trend((second) => (second === 300 ? 2000 * MiB : 1000 * MiB))).toEqual(["The memory had a peak"])
  })
})
