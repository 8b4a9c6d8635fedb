import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { decodeSession, encodeSession, newSnapshot, type SessionSnapshot } from "../../src/session/saved-session.ts"

const hub = "sluice:hub:news"

const snapshot: SessionSnapshot = {
  id: "0dQ2_w-xkZ8mQ1o5T3nJ9A",
  received: 7,
  acknowledged: 10,
  sent: 116,
  messages: ["1:last", { hub, from: 7, count: 100 }, Uint8Array.of(0, 128, 255), { hub, from: 110, count: 3 }, ""],
  end: { code: 4001, reason: "Kicked" },
  detachedAt: 1_790_000_000_000.5,
  heard: { hub, next: 113 },
}

describe("a record of a session", () => {
  it("is unchanged in layout 3", () => {
    const golden = readFileSync("test/golden/session-record.txt", "utf8")
    expect(`${encodeSession(snapshot)}\n`).toBe(golden)
    expect(decodeSession(golden.trimEnd())).toEqual(snapshot)
  })

  it("has no end before its end, and no time of a drop before a drop", () => {
    const record = encodeSession(newSnapshot("s"))
    expect(record).toBe("3 s 0 0 0 2 {}")
    expect(decodeSession(record)).toEqual(newSnapshot("s"))
  })

  it("has the number of an attempt to resume that is numbered", () => {
    const numbered = { ...newSnapshot("s"), attempt: 2 }
    const record = encodeSession(numbered)
    expect(record).toBe('3 s 0 0 0 13 {"attempt":2}')
    expect(decodeSession(record)).toEqual(numbered)
    expect(encodeSession({ ...numbered, attempt: 0 })).toBe(encodeSession(newSnapshot("s")))
  })

  it.each([
    ["another layout", "4 s 0 0 0 2 {}"],
    ["a list, as in layout 2", [2, "s", 0, 0, 0, [], null, null]],
    ["nothing", undefined],
    ["an end that is no JSON", "3 s 0 0 0 3 [[4"],
    ["a message that is cut", "3 s 0 0 1 2 {}5:abc"],
    ["a message without a length", "3 s 0 0 1 2 {}abc"],
    ["fewer messages than were sent", "3 s 0 0 2 2 {}1:a"],
    ["more messages than were sent", "3 s 0 1 1 2 {}1:a"],
  ])("is not readable with %s", (_what, record) => {
    expect(decodeSession(record)).toBeUndefined()
  })
})
