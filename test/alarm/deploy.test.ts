import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { MemorySocket } from "../support/memory-object.ts"
import { causes, changed, deploy, firstRelease, object, type Release, taken } from "../support/releases.ts"

beforeEach(firstRelease)
afterEach(() => vi.useRealTimers())

describe("an endpoint of another version (faults 10, 44)", () => {
  it("closes the sockets of the version before with 1012", async () => {
    const client = await object.connect("count")
    object.send(client, "a")
    await deploy({ version: 2 })
    object.send(client, "b")
    expect(taken(client)).toEqual(["count 1", changed])
    const next = await object.connect("count")
    object.send(next, "a")
    expect(taken(next)).toEqual(["count 1"])
  })

  it("continues from the snapshot that migrate returns, which is called once with both fingerprints", async () => {
    const client = await object.connect("count")
    object.send(client, "a")
    const seen: unknown[] = []
    const migrate: Release["migrate"] = (snapshot, from, to) => {
      seen.push(snapshot, from === to)
      return snapshot.map(([position, closed, due, state]) => {
        const [count, ...others] = state as [number, ...unknown[]]
        return [position, closed, due, [count + 10, ...others]]
      })
    }
    await deploy({ version: 2, migrate })
    object.send(client, "b")
    await deploy({ version: 2, migrate })
    object.send(client, "c")
    expect(taken(client)).toEqual(["count 1", "count 12", "count 13"])
    expect(seen).toEqual([[[1, 0, undefined, [1]]], false])
  })

  it("is closed with 1012 if migrate throws or returns a snapshot that does not fit", async () => {
    const clients = [await object.connect("count"), await object.connect("count")]
    for (const client of clients) object.send(client, "a")
    for (const client of clients) taken(client)
    await deploy({
      version: 2,
      migrate() {
        throw new Error("I do not know")
      },
    })
    object.send(clients[0] as MemorySocket, "b")
    await deploy({ version: 3, migrate: () => [[1, 0, undefined, 7]] })
    object.send(clients[1] as MemorySocket, "b")
    expect(clients.map(taken)).toEqual([[changed], [changed]])
    expect(causes()[0]).toBe("I do not know")
  })
})

describe("accept that throws for a connection that was accepted before (fault 44)", () => {
  it("closes with 1012, and is logged", async () => {
    const client = await object.connect("count")
    await deploy({ broken: "count" })
    object.send(client, "a")
    expect(taken(client)).toEqual([changed])
    expect(causes()).toEqual(["There is no such thing now"])
  })
})

describe("a connection that a deploy has closed (faults 1, 44)", () => {
  it.each(["changed", "broken"])("notifies the actors that watch it: %s", async (how) => {
    const [ann, bob] = [await object.connect("ann"), await object.connect("bob")]
    await deploy({ [how]: "bob" })
    object.send(bob, "hello")
    expect([taken(bob), taken(ann)]).toEqual([[changed], ["left join bob, 1 here"]])
    await object.evict()
    object.send(ann, "hello")
    expect(taken(ann)).toEqual(["hello, 1 here"])
  })
})
