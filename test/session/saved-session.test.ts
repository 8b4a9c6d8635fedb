import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import {
  decodeSession,
  encodeSession,
  isObsolete,
  newSnapshot,
  type SessionSnapshot,
} from "../../src/session/saved-session.ts"

const hub = "sluice:hub:news"

const snapshot: SessionSnapshot = {
  id: "0dQ2_w-xkZ8mQ1o5T3nJ9A",
  received: 7,
  acknowledged: 10,
  sent: 115,
  messages: ["last", { hub, from: 7, count: 100 }, Uint8Array.of(0, 128, 255), { hub, from: 110, count: 3 }],
  end: undefined,
  detachedAt: undefined,
  heard: { hub, next: 113 },
}

/** A record of release 1, without elements of hubs. */
const first: SessionSnapshot = {
  ...snapshot,
  sent: 12,
  messages: ["last", Uint8Array.of(0, 128, 255)],
  end: { code: 4001, reason: "Kicked" },
  detachedAt: 1_790_000_000_000,
  heard: undefined,
}

describe("a record of a session", () => {
  it("is unchanged in layout 2", () => {
    const golden = readFileSync("test/golden/session-record.json", "utf8")
    expect(`${JSON.stringify(encodeSession(snapshot), null, 2)}\n`).toBe(golden)
    expect(decodeSession([JSON.parse(golden)])).toEqual(snapshot)
  })

  it("is read in layout 1", () => {
    const golden = readFileSync("test/golden/session-record-1.json", "utf8")
    expect(decodeSession([JSON.parse(golden)])).toEqual(first)
  })

  it("has no end before its end, and no time of a drop before a drop", () => {
    const record = encodeSession(newSnapshot("s"))
    expect(record).toEqual([2, "s", 0, 0, 0, [], null, null])
    expect(decodeSession([record])).toEqual({ ...newSnapshot("s"), end: undefined, detachedAt: undefined })
  })

  it("may be one for each change: the counts of the last, the messages of all", () => {
    const first = encodeSession({ ...newSnapshot("s"), sent: 2, messages: ["a", "b"] })
    const second = encodeSession({ ...newSnapshot("s"), received: 1, sent: 2 })
    const third = encodeSession({ ...newSnapshot("s"), received: 2, acknowledged: 1, sent: 3, messages: ["c"] })
    expect(decodeSession([first, second, third])).toMatchObject({ received: 2, sent: 3, messages: ["b", "c"] })
    expect(decodeSession([second, third])).toBeUndefined()
  })

  it("may be one for each change, with elements of a hub in between", () => {
    const first = encodeSession({ ...newSnapshot("s"), sent: 1, messages: ["a"], heard: { hub, next: 4 } })
    const elements = { hub, from: 4, count: 3 }
    const second = encodeSession({ ...newSnapshot("s"), acknowledged: 2, sent: 5, messages: [elements, "b"] })
    expect(decodeSession([first, second])?.messages).toEqual([{ hub, from: 5, count: 2 }, "b"])
  })

  it("is obsolete when all its messages are acknowledged", () => {
    const record = encodeSession({ ...newSnapshot("s"), sent: 2, messages: ["a", "b"] })
    const later = (acknowledged: number) => encodeSession({ ...newSnapshot("s"), acknowledged, sent: 2 })
    expect(isObsolete(record, later(1))).toBe(false)
    expect(isObsolete(record, later(2))).toBe(true)
  })

  it("is not readable in another layout", () => {
    const record = encodeSession(newSnapshot("s"))
    expect(decodeSession([record, [3, ...record.slice(1)]])).toBeUndefined()
    expect(decodeSession([record, undefined])).toBeUndefined()
    expect(decodeSession([])).toBeUndefined()
  })
})
