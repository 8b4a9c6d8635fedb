import { beforeEach, describe, expect, it, vi } from "vitest"
import { decodeAttachment } from "../../src/durable/sockets/attachment.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject
let group: Line
let world = newWorld()

beforeEach(async () => {
  vi.restoreAllMocks()
  holdTime()
  world = newWorld()
  object = new TestObject("ACTOR_BENCH")
  group = await object.dial("/actors/:id/talk/group")
})

/** Tells the group something while the object is asleep, and waits for what it says. */
async function say(message: string, count = 1) {
  await object.sleep()
  return group.send(message).next(count)
}

async function leave(line: Line) {
  await object.sleep()
  line.close(4000, "bye")
  expect(await line.next()).toEqual([closed(4000, "bye")])
}

describe("an object's actor that watches clients, asleep between every two steps", () => {
  it.each([
    { path: "/actors/:id/member", news: "terminated" },
    { path: "/actors/:id/member/ann", news: "ann has left" },
  ])("is told once that one has closed: $news", async ({ path, news }) => {
    const member = await object.dial(path)
    expect(await say("size")).toEqual(["size 1"])
    await leave(member)
    expect(await say("size", 2)).toEqual([news, "size 0"])
  })

  it.each([
    { path: "member", news: "terminated" },
    { path: "member/ann", news: "ann has left" },
  ])("is told once that one has vanished: $news", async ({ path, news }) => {
    const remote = new RemoteClients()
    await remote.dial(`/actors/${object.id}/${path}`)
    expect(await say("size")).toEqual(["size 1"])
    await object.sleep()
    await remote.vanish()
    expect(await group.next()).toEqual([news])
    expect(await say("size")).toEqual(["size 0"])
  })

  it("is told of each that leaves, and of no other", async () => {
    const members = []
    for (const name of ["ann", "bob", "cal"]) {
      members.push(await object.dial(`/actors/:id/member/${name}`))
      await object.sleep()
    }
    const [ann, bob] = members
    if (bob) await leave(bob)
    expect(await say("size", 2)).toEqual(["bob has left", "size 2"])
    if (ann) await leave(ann)
    expect(await say("size", 2)).toEqual(["ann has left", "size 1"])
  })

  it("is told nothing of those whom it does not watch any more", async () => {
    const member = await object.dial("/actors/:id/member/ann")
    await say("unwatch", 0)
    await leave(member)
    expect(await say("size")).toEqual(["size 0"])
  })

  it("watches nobody when it begins anew: those who told it are gone with it", async () => {
    const member = await object.dial("/actors/:id/member/ann")
    await say("stop", 0)
    expect(await member.next()).toEqual([closed(1000)])
    expect(await say("size")).toEqual(["size 0"])
  })

  it.each(["stop", "fail"])("is told when another actor of the object ends by %s", async (end) => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const counter = await object.dial("/actors/:id/talk/counter")
    expect(await say("watch")).toEqual(["started"])
    await object.sleep()
    counter.send(end)
    expect(await group.next(2)).toEqual(["stopped", "terminated"])
    expect(await say("size")).toEqual(["size 0"])
  })

  it("tells a client's own actor that it has stopped, and not again when it stops another time", async () => {
    const watcher = await object.dial("/actors/:id/watcher")
    const counter = await object.dial("/actors/:id/talk/counter")
    watcher.send("watch")
    expect(await counter.next()).toEqual(["started"])
    await object.sleep()
    expect(await counter.send("stop").next()).toEqual(["stopped"])
    await object.sleep()
    expect(await counter.send("show", "stop").next(3)).toEqual(["started", "count 0", "stopped"])
    await object.sleep()
    expect(await watcher.send("size").next(2)).toEqual(["terminated", "size 0"])
  })

  it("leaves nothing behind when the last one has gone", async () => {
    await leave(await object.dial("/actors/:id/member/ann"))
    await group.next()
    await object.sleep()
    expect(await object.alarm()).toBeNull()
    const attached = await object.inside((_, state) =>
      state.getWebSockets().map((socket) => {
        return decodeAttachment(socket.deserializeAttachment())?.crossWatches
      }),
    )
    expect(attached).toEqual([undefined])
  })
})

describe("what is told to all who are watched", () => {
  const join = () => Promise.all(Array.from({ length: 20 }, () => object.dial("/actors/:id/member/one")))

  it.each([false, true])("reaches everybody and is encoded once, asleep: %s", async (asleep) => {
    const members = await join()
    if (asleep) await object.sleep()
    world.encoded = 0
    group.send("all: hello")
    for (const member of members) expect(await member.next()).toEqual(["all: hello"])
    expect(world.encoded).toBe(1)
  })

  it("wakes no flow and attaches nothing", async () => {
    const members = await join()
    await object.sleep()
    const costs = await CostMeter.open(object)
    world.built = 0
    group.send("all: hello", "all: again")
    for (const member of members) expect(await member.next(2)).toEqual(["all: hello", "all: again"])
    // The one that told it.
    expect(world.built).toBe(1)
    expect(costs.take().attach).toBeUndefined()
    expect(costs.take().put).toBeUndefined()
  })
})
