import { readFileSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { fromGolden, toGolden } from "../support/golden.ts"
import { attached, cell, errors, log, newGoldenRoom, object, row, storage, taken } from "../support/golden-room.ts"
import type { MemorySocket } from "../support/memory-object.ts"

beforeEach(newGoldenRoom)
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const spilled = "spill:00000000-0000-4000-8000-000000000001"

/** The fingerprint of a flow or a graph, which changes with the names of its steps. */
const fingerprint = /(?<=^[\w-]{36} )\w+(?= )|^\w{5,11}$/

function withFingerprint(value: unknown, replacement: string): unknown {
  if (!Array.isArray(value)) return value
  const [layout, text, ...others] = value
  return [layout, typeof text === "string" ? text.replace(fingerprint, replacement) : text, ...others]
}

const file = (name: string) => new URL(`../golden/${name}.json`, import.meta.url).pathname
const written = (value: unknown, name: string) =>
  expect(toGolden(withFingerprint(value, "FINGERPRINT"))).toMatchFileSnapshot(file(name))
/** The content of the file, with the current fingerprint. */
function golden(name: string, now: unknown): unknown {
  const text = Array.isArray(now) && typeof now[1] === "string" ? now[1] : ""
  return withFingerprint(fromGolden(readFileSync(file(name), "utf8")), fingerprint.exec(text)?.[0] ?? "")
}

/** The object hibernates, and goes on with the content of the file. */
async function restored(socket: MemorySocket, name: string) {
  socket.serializeAttachment(golden(name, attached(socket)))
  await object.evict()
}
async function restoredRow(key: string, name: string) {
  object.rows.set(`sluice:${key}`, golden(name, row(key)))
  await object.evict()
}

describe("stored values equal the golden files, which are restored (fault 1):", () => {
  it("the attachment of a flow with one of everything", async () => {
    const client = await object.connect("full")
    object.send(client, "hello")
    await written(attached(client), "attachment")
    await restored(client, "attachment")
    object.send(client, "again")
    expect(taken(client)).toEqual(["first,join 0 0", "first,join,hello 1 1", "first,join,hello,again 2 2"])
    object.advance(3_600_000)
    expect(taken(client)).toContain("tick 0")
    object.advance(3_600_000)
    expect(client.isClosed).toBe(true)
  })

  it("the attachment of a flow whose elements come from a hub with no stage in between", async () => {
    const client = await object.connect("direct", { "Sec-WebSocket-Protocol": "sluice.batch" })
    await written(attached(client), "attachment-direct")
    await restored(client, "attachment-direct")
    object.send(await object.connect("direct"), "hello")
    expect(taken(client)).toEqual(['["hello"]'])
  })

  it("the attachment that is spilled, and its row", async () => {
    const client = await object.connect("big")
    object.send(client, "x".repeat(20_000))
    await written(attached(client), "attachment-spilled")
    await written(row(spilled), "spilled-row")
    await restored(client, "attachment-spilled")
    await restoredRow(spilled, "spilled-row")
    object.send(client, "y")
    expect(taken(client)).toEqual(["20000", "20001"])
  })

  it("the attachment of a client that was without a socket, and may send more than its limit at once", async () => {
    const protocols = (...resumed: string[]) => ({ "Sec-WebSocket-Protocol": ["sluice.1", ...resumed].join(", ") })
    const first = await object.connect("paced", protocols())
    const [, session] = /"hi","([^"]+)"/.exec(String(taken(first)[0])) ?? []
    object.drop(first)
    object.advance(10_000)
    const client = await object.connect("paced", protocols(`sluice.at.${session}.0`))
    taken(client)
    await written(attached(client), "attachment-returned")
    await restored(client, "attachment-returned")
    object.send(client, JSON.stringify([0, ...Array.from({ length: 56 }, () => "a")]))
    const [echo, end] = taken(client)
    expect(JSON.parse(String(echo)).slice(1)).toEqual(Array.from({ length: 55 }, () => "a"))
    expect(end).toEqual(closed(1008, "5 messages a second are allowed"))
  })

  it("the row of a cell", async () => {
    cell.set({ count: 5 })
    await written(row("cell:count"), "cell-row")
    await restoredRow("cell:count", "cell-row")
    expect(cell.get()).toEqual({ count: 5 })
  })

  it("the row of an element of a hub with keep", async () => {
    for (const text of ["a", "b", "c"]) log.publish({ text }, { except: "00000000-0000-4000-8000-000000000009" })
    await written(row("hub:log:0"), "hub-row")
    await restoredRow("hub:log:0", "hub-row")
    expect([taken(await object.connect("log")), log.published]).toEqual([["b", "c"], 3])
  })

  it("the row with the origin of a hub's log", async () => {
    const client = await object.connect("log")
    for (const text of ["a", "b", "c"]) log.publish({ text })
    await storage.deleteAll()
    log.publish({ text: "d" })
    await written(row("hub:log:origin"), "hub-origin-row")
    await restoredRow("hub:log:origin", "hub-origin-row")
    log.publish({ text: "e" })
    expect([taken(client), log.published]).toEqual([["a", "b", "c", "d", "e"], 2])
  })

  it("the row of a shared source", async () => {
    const client = await object.connect("sum")
    for (const text of ["a", "bc"]) object.send(client, text)
    await written(row("graph:sum"), "graph-row")
    await restoredRow("graph:sum", "graph-row")
    expect(taken(await object.connect("sum"))).toEqual(["1", "3"])
    object.send(client, "def")
    expect(taken(client)).toEqual(["0", "1", "3", "6"])
  })

  it("the row of an actor with one of everything", async () => {
    const client = await object.connect("full")
    for (const text of ["child", "hello"]) object.send(client, text)
    await written(row("actor:room"), "actor-row")
    await restoredRow("actor:room", "actor-row")
    taken(client)
    object.send(client, "child")
    expect(taken(client)).toEqual(["first,join,child,hello,child 4 3", "child 2 5 3"])
    object.advance(3_600_000)
    expect(taken(client).join()).toContain("hello,child,beat")
  })

  it("the row of the watch of an actor on a client", async () => {
    await object.connect("full")
    const key = "watch:/room//@00000000-0000-4000-8000-000000000001/3"
    await written(row(key), "watch-row")
    await restoredRow(key, "watch-row")
    object.flush()
    await object.crash()
    const client = await object.connect("full")
    expect([taken(client), row(key)]).toEqual([["first,join,left,join 0 0"], undefined])
  })

  it("the row of the author's alarm", async () => {
    const time = Date.now() + 3_600_000
    await storage.setAlarm(time)
    await written(row("alarm"), "alarm-row")
    await restoredRow("alarm", "alarm-row")
    await object.connect("direct")
    expect(object.alarm).toBe(time)
    object.advance(3_600_000)
    expect([row("alarm"), object.alarm]).toEqual([undefined, null])
  })

  afterEach(() => expect(errors.filter(({ level }) => level === "error")).toEqual([]))
})
