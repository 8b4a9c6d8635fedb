import type { ActorOptions, Snapshot } from "sluice/durable"
import * as v from "valibot"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { causes, changed, deploy, errors, firstRelease, object, taken } from "../support/releases.ts"

beforeEach(firstRelease)
afterEach(() => vi.useRealTimers())

it("a shared source whose state does not fit starts anew, and that is logged (faults 10, 43)", async () => {
  const client = await object.connect("sum")
  object.send(client, "abc")
  const [layout, fingerprint, [[position, closed, due] = []]] = object.rows.get("sluice:graph:sum") as [
    number,
    string,
    Snapshot,
  ]
  object.rows.set("sluice:graph:sum", [layout, fingerprint, [[position, closed, due, 7]]])
  await object.evict()
  object.send(client, "a")
  expect(taken(client)).toEqual(["sum 3", "sum 1"])
  expect(errors).toEqual([expect.objectContaining({ event: "unreadable, starts anew", name: "sum" })])
})

describe("an actor of another version (faults 10, 43)", () => {
  it("refuses messages, is logged once and keeps its row, for a rollback", async () => {
    const client = await object.connect("adder")
    object.send(client, "abc")
    const row = object.rows.get("sluice:actor:adder")
    await deploy({ actor: { version: 2 } })
    object.send(client, "abc")
    expect([taken(client), taken(await object.connect("adder"))]).toEqual([["sum 3"], [closed(1011)]])
    expect(errors.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({ event: "cannot be restored", name: "/adder" }),
    ])
    expect(object.rows.get("sluice:actor:adder")).toEqual(row)
    await deploy({})
    object.send(client, "abc")
    expect(taken(client)).toEqual(["sum 6"])
  })

  it("continues from the snapshot that its migrate returns, once", async () => {
    const client = await object.connect("adder")
    object.send(client, "abc")
    const migrate = vi.fn<NonNullable<ActorOptions["migrate"]>>((snapshot) => ({
      ...snapshot,
      state: Number(snapshot.state) * 10,
    }))
    for (const text of ["a", "b"]) {
      await deploy({ actor: { version: 2, migrate } })
      object.send(client, text)
    }
    expect(taken(client)).toEqual(["sum 3", "sum 31", "sum 32"])
    expect(migrate.mock.calls).toEqual([[{ state: 3 }]])
  })

  it("refuses messages if its migrate throws or returns nothing", async () => {
    const client = await object.connect("adder")
    object.send(client, "abc")
    await deploy({ actor: { version: 2, migrate: () => undefined } })
    object.send(client, "abc")
    expect(taken(client)).toEqual(["sum 3"])
    expect(object.rows.has("sluice:actor:adder")).toBe(true)
  })
})

describe("a cell with another schema (fault 44)", () => {
  const schema = v.object({ text: v.string() })
  const migrate = (stored: unknown) => ({ text: String(stored) })

  it.each(["shared", "own"])("is refused with the remedy: %s", async (kind) => {
    const setter = await object.connect("set")
    object.send(setter, "first")
    const client = await object.connect(kind)
    await deploy({ cell: { schema } })
    object.send(client, "a")
    expect(taken(client)).toEqual([kind === "own" ? changed : closed(1011)])
    expect(causes()).toEqual([
      expect.stringMatching(
        `^The value of the cell "${kind}" is refused by its schema.*Give the cell a function migrate`,
      ),
    ])
  })

  it.each(["shared", "own"])("continues with the value that migrate returns: %s", async (kind) => {
    const setter = await object.connect("set")
    object.send(setter, "first")
    const client = await object.connect(kind)
    await deploy({ cell: { schema, migrate } })
    object.send(client, "a")
    await deploy({ cell: { schema, migrate } })
    object.send(client, "b")
    expect(taken(client)).toEqual(['a {"text":"first"}', 'b {"text":"first"}'])
    expect(errors).toEqual([])
  })

  it("is named in the error if its migrate returns a value that the schema refuses", async () => {
    object.send(await object.connect("set"), "first")
    const client = await object.connect("shared")
    await deploy({ cell: { schema, migrate: () => 7 } })
    object.send(client, "a")
    expect(causes()).toEqual([expect.stringMatching('^The value of the cell "shared" is refused by its schema')])
  })
})
