import { evictDurableObject } from "cloudflare:test"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { decodeAttachment } from "../../src/durable/sockets/attachment.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let place: TestObject
let group: Line
let world = newWorld()

beforeEach(async () => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  place = new TestObject("ACTOR_BENCH")
  group = await place.dial("/actors/:id/talk/group")
})

/** Sends the group a message while the object hibernates, and waits for the answer. */
async function say(message: string, count = 1) {
  await place.sleep()
  return group.send(message).next(count)
}

async function leave(line: Line) {
  await place.sleep()
  line.close(4000, "bye")
  expect(await line.next()).toEqual([closed(4000, "bye")])
}

describe("an object's actor that watches clients, hibernating between every two steps", () => {
  it.each([
    { path: "/actors/:id/member", news: "terminated" },
    { path: "/actors/:id/member/ann", news: "ann has left" },
  ])("is notified once that one has closed: $news", async ({ path, news }) => {
    const member = await place.dial(path)
    expect(await say("size")).toEqual(["size 1"])
    await leave(member)
    expect(await say("size", 2)).toEqual([news, "size 0"])
  })

  it.each([
    { path: "member", news: "terminated" },
    { path: "member/ann", news: "ann has left" },
  ])("is notified once that one has vanished: $news", async ({ path, news }) => {
    const holding = new RemoteClients()
    await holding.dial(`/actors/${place.id}/${path}`)
    expect(await say("size")).toEqual(["size 1"])
    await place.sleep()
    await holding.vanish()
    expect(await group.next()).toEqual([news])
    expect(await say("size")).toEqual(["size 0"])
  })

  it("is notified of each one that closes, and of no other", async () => {
    const members = []
    for (const name of ["ann", "bob", "cal"]) {
      members.push(await place.dial(`/actors/:id/member/${name}`))
      await place.sleep()
    }
    const [ann, bob] = members
    if (bob) await leave(bob)
    expect(await say("size", 2)).toEqual(["bob has left", "size 2"])
    if (ann) await leave(ann)
    expect(await say("size", 2)).toEqual(["ann has left", "size 1"])
  })

  it("gets no notice after unwatch", async () => {
    const member = await place.dial("/actors/:id/member/ann")
    await say("unwatch", 0)
    await leave(member)
    expect(await say("size")).toEqual(["size 0"])
  })

  it("watches no actor when it starts again", async () => {
    const member = await place.dial("/actors/:id/member/ann")
    await say("stop", 0)
    expect(await member.next()).toEqual([closed(1000)])
    expect(await say("size")).toEqual(["size 0"])
  })

  it.each(["stop", "fail"])("is notified when another actor of the object ends by %s", async (end) => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const counter = await place.dial("/actors/:id/talk/counter")
    expect(await say("watch")).toEqual(["started"])
    await place.sleep()
    counter.send(end)
    expect(await group.next(2)).toEqual(["stopped", "terminated"])
    expect(await say("size")).toEqual(["size 0"])
  })

  it("notifies a client's own actor when it stops, and not again when it stops another time", async () => {
    const watcher = await place.dial("/actors/:id/watcher")
    const counter = await place.dial("/actors/:id/talk/counter")
    watcher.send("watch")
    expect(await counter.next()).toEqual(["started"])
    await place.sleep()
    expect(await counter.send("stop").next()).toEqual(["stopped"])
    await place.sleep()
    expect(await counter.send("show", "stop").next(3)).toEqual(["started", "count 0", "stopped"])
    await place.sleep()
    expect(await watcher.send("size").next(2)).toEqual(["terminated", "size 0"])
  })

  it("leaves no row and no alarm when the last one has closed", async () => {
    await leave(await place.dial("/actors/:id/member/ann"))
    await group.next()
    await place.sleep()
    expect(await place.alarm()).toBeNull()
    const attached = await place.inside((_, state) =>
      state.getWebSockets().map((socket) => {
        return decodeAttachment(socket.deserializeAttachment())?.crossWatches
      }),
    )
    expect(attached).toEqual([undefined])
  })
})

describe("the row of a watch on a client", () => {
  const watchRows = async () => (await place.rows()).filter((key) => key.startsWith("sluice:watch:")).length

  it("is written when the client joins, deleted when it leaves, and costs a message nothing", async () => {
    const ann = await place.dial("/actors/:id/member/ann")
    await place.dial("/actors/:id/member/bob")
    await place.arrived()
    expect(await watchRows()).toBe(2)
    const bill = await CostMeter.open(place)
    expect(await group.send("size").next()).toEqual(["size 2"])
    expect(bill.take().put).toBeUndefined()
    await leave(ann)
    expect([await group.next(), await watchRows()]).toEqual([["ann has left"], 1])
  })

  it("is read after the sockets were lost only", async () => {
    await place.dial("/actors/:id/member/ann")
    await place.sleep()
    expect([await say("size"), await watchRows()]).toEqual([["size 1"], 1])
    await evictDurableObject(place.stub, { webSockets: "close" })
    group = await place.dial("/actors/:id/talk/group")
    expect([await group.send("size").next(), await watchRows()]).toEqual([["size 0"], 0])
  })
})

describe("a message for all watched actors", () => {
  const join = () => Promise.all(Array.from({ length: 20 }, () => place.dial("/actors/:id/member/one")))

  it.each([false, true])("reaches all clients and is encoded once, hibernating: %s", async (asleep) => {
    const members = await join()
    if (asleep) await place.sleep()
    world.encoded = 0
    group.send("all: hello")
    for (const member of members) expect(await member.next()).toEqual(["all: hello"])
    expect(world.encoded).toBe(1)
  })

  it("wakes no flow and attaches nothing", async () => {
    const members = await join()
    await place.sleep()
    const bill = await CostMeter.open(place)
    world.built = 0
    group.send("all: hello", "all: again")
    for (const member of members) expect(await member.next(2)).toEqual(["all: hello", "all: again"])
    // The connection of the sender.
    expect(world.built).toBe(1)
    expect(bill.take().attach).toBeUndefined()
    expect(bill.take().put).toBeUndefined()
  })
})
