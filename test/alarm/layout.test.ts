import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { attached, cell, errors, newGoldenRoom, object, row, storage, taken } from "../support/golden-room.ts"

beforeEach(newGoldenRoom)
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe.each([0, 2, 99])("a stored value of layout %i", (layout) => {
  const other = (value: unknown) => (Array.isArray(value) ? [layout, ...value.slice(1)] : value)
  const otherRow = async (key: string) => {
    object.rows.set(`sluice:${key}`, other(row(key)))
    await object.evict()
  }
  const changed = closed(1012, "The service has changed")
  const logs = () => errors.map(({ event }) => event)

  it("closes its socket, whether it is spilled or not (fault 1)", async () => {
    const [full, big, fine] = [
      await object.connect("full"),
      await object.connect("big"),
      await object.connect("direct"),
    ]
    object.send(big, "x".repeat(20_000))
    await object.evict()
    full.serializeAttachment(other(attached(full)))
    const [key = ""] = [...object.rows.keys()].filter((key) => key.startsWith("sluice:spill:"))
    object.rows.set(key, other(object.rows.get(key)))
    object.send(fine, "hello")
    expect([taken(full).at(-1), taken(big).at(-1), taken(fine)]).toEqual([changed, changed, ["hello"]])
    expect(logs()).toEqual(["attachment unreadable"])
  })

  it("is logged once and ignored, for a cell (fault 1)", async () => {
    cell.set({ count: 5 })
    await otherRow("cell:count")
    expect([cell.get(), cell.get()]).toEqual([{ count: 1 }, { count: 1 }])
    expect(logs()).toEqual(["cell unreadable"])
  })

  it("is logged once and starts anew, for a shared source (fault 1)", async () => {
    const client = await object.connect("sum")
    object.send(client, "abc")
    await otherRow("graph:sum")
    object.send(client, "a")
    expect(taken(client)).toEqual(["0", "3", "0", "1"])
    expect(logs()).toEqual(["unreadable, starts anew"])
  })

  it("is logged once and kept, for an actor (faults 1, 43)", async () => {
    const client = await object.connect("full")
    await otherRow("actor:room")
    const kept = row("actor:room")
    for (const text of ["a", "b"]) object.send(client, text)
    expect(logs().filter((event) => event !== "dead letters")).toEqual(["cannot be restored"])
    expect(row("actor:room")).toEqual(kept)
  })

  it("is logged once and ignored, for the author's alarm (fault 1)", async () => {
    await storage.setAlarm(Date.now() + 3_600_000)
    await otherRow("alarm")
    object.send(await object.connect("direct"), "hello")
    object.advance(3_600_000)
    expect(logs()).toEqual(["alarm unreadable"])
  })
})
