import { Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, type AnyRef, Props, Sink, Source, Terminated } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

type Joined = { name: string; client: ActorRef<string> }
type Message = "unwatch" | "watch" | Joined | { left: string } | Terminated

/** What the room was told. */
const told: string[] = []

/** Watches the clients of its members. */
class Room extends Actor<Message> {
  override state: Joined[] = []

  receive(message: Message) {
    if (message === "unwatch") for (const { client } of this.state) this.context.unwatch(client)
    else if (message === "watch") for (const { client } of this.state) this.context.watch(client)
    else if (message instanceof Terminated) told.push(`${this.nameOf(message.actor)} terminated`)
    else if ("left" in message) told.push(`${message.left} has left`)
    else {
      const { name, client } = message
      if (name.startsWith("with ")) this.context.watchWith(client, { left: name })
      else this.context.watch(client)
      this.state.push({ name, client })
    }
  }

  private nameOf({ path }: AnyRef): string | undefined {
    return this.state.find(({ client }) => client.path === path)?.name
  }
}

/** Has a child that watches the clients. */
class House extends Actor<Message> {
  override childTypes = { Room }
  override state: ActorRef<Message> | undefined = undefined

  override preStart() {
    this.state = this.context.actorOf(Props.of(Room), "room")
  }

  receive(message: Message) {
    this.state?.tell(message)
  }
}

let version = 1

class Rooms extends FlowObject<unknown, { name: string }> {
  readonly room = this.actor<Message>("room", Props.of(Room), { version })
  private readonly idle = this.cell("idle", 0)
  readonly house = this.actor<Message>("house", Props.of(House))

  protected accept({ data: { name } }: ConnectionContext<{ name: string }>) {
    const { ref: client, source } = Source.actorRef<string>()
    const room = name.endsWith("in the house") ? this.house : this.room
    const toRoom = Sink.actorRef<Message>(room, { onInitMessage: { name, client } })
    const resume = { within: "1 minute", durable: name.startsWith("durable") } as const
    const flow = Flow.fromSinkAndSource(
      Flow.of<string>()
        .map((): Message => "watch")
        .to(toRoom),
      source,
    )
    return webSocket.endpoint(text, flow, name.includes("session") ? { resume } : {})
  }

  readonly ctxStorage = this.ctx.storage

  /** An event in which no socket takes part. */
  wake() {
    this.idle.set(this.idle.get() + 1)
  }
}

beforeEach(() => {
  logged()
  told.length = 0
  version = 1
})
afterEach(() => void vi.useRealTimers())

const watches = ({ rows }: MemoryObject<Rooms>) => [...rows.keys()].filter((key) => key.startsWith("sluice:watch:"))

async function roomOf(...names: string[]) {
  const object = new MemoryObject(Rooms)
  const sockets = []
  for (const name of names) sockets.push(await object.connect({ name }))
  object.flush()
  return { object, sockets }
}

describe("an actor whose watched clients were lost in a crash", () => {
  it.each([
    { how: "an event without a socket", wake: ({ instance }: MemoryObject<Rooms>) => instance.wake() },
    { how: "another client", wake: (object: MemoryObject<Rooms>) => object.connect({ name: "eve" }) },
    { how: "a message of its own", wake: ({ instance }: MemoryObject<Rooms>) => instance.room.tell({ left: "eve" }) },
  ])("is told once for each, when the object wakes up by $how", async ({ wake }) => {
    const { object } = await roomOf("ann", "with bob")
    await object.crash()
    await wake(object)
    const members = () => told.filter((what) => !what.startsWith("eve")).toSorted()
    expect(members()).toEqual(["ann terminated", "with bob has left"])
    object.flush()
    await object.crash()
    object.instance.wake()
    await object.evict()
    object.instance.wake()
    expect(members()).toEqual(["ann terminated", "with bob has left"])
    expect(watches(object)).toEqual([])
  })

  it("is told although it is a child", async () => {
    const { object } = await roomOf("ann in the house")
    await object.crash()
    object.instance.wake()
    expect(told).toEqual(["ann in the house terminated"])
  })

  it("is told again if the process is killed before the notice is stored", async () => {
    const { object } = await roomOf("ann")
    await object.crash()
    object.instance.wake()
    await object.crash()
    object.instance.wake()
    expect(told).toEqual(["ann terminated", "ann terminated"])
  })

  it("is told nothing after unwatch, and nothing of those that had left", async () => {
    const { object, sockets } = await roomOf("ann", "bob")
    if (sockets[0]) object.close(sockets[0], 1000, "")
    expect(told).toEqual(["ann terminated"])
    object.instance.room.tell("unwatch")
    object.flush()
    await object.crash()
    object.instance.wake()
    expect([told, watches(object)]).toEqual([["ann terminated"], []])
  })

  it("is told by the release that can restore it", async () => {
    const { object } = await roomOf("ann")
    await object.crash()
    version = 2
    await object.deploy()
    object.instance.wake()
    expect(told).toEqual([])
    version = 1
    await object.deploy()
    object.instance.wake()
    expect([told, watches(object)]).toEqual([["ann terminated"], []])
  })
})

describe("an actor whose watched clients are there", () => {
  it("is told nothing when the object hibernates, and once when they leave", async () => {
    const { object, sockets } = await roomOf("ann", "bob")
    await object.evict()
    object.instance.wake()
    await object.evict()
    if (sockets[0]) object.close(sockets[0], 1000, "")
    expect(told).toEqual(["ann terminated"])
    await object.evict()
    if (sockets[1]) object.drop(sockets[1])
    expect([told, watches(object)]).toEqual([["ann terminated", "bob terminated"], []])
  })

  it("is told of a vanished client once, although the object wakes up before the close is reported", async () => {
    const { object, sockets } = await roomOf("ann", "bob")
    for (const socket of sockets) object.vanish(socket)
    await object.deploy()
    object.instance.wake()
    object.noticeVanished()
    expect([told.toSorted(), watches(object)]).toEqual([["ann terminated", "bob terminated"], []])
  })

  it.each(["session", "durable session"])(
    "is told of a %s once it is over, and not in a crash that it outlives",
    async (name) => {
      const object = new MemoryObject(Rooms)
      const client = await new MemorySession(object, { name }).connect()
      if (name === "session") client.drop()
      object.flush()
      await object.crash()
      object.instance.wake()
      expect(told).toEqual([])
      await object.connect({ name: "eve" })
      object.advance(61_000)
      expect(told).toEqual([`${name} terminated`])
    },
  )

  it("is told once of a session whose socket has vanished, and the session ends", async () => {
    const object = new MemoryObject(Rooms)
    const client = await new MemorySession(object, { name: "session" }).connect()
    client.vanish()
    await object.deploy()
    object.instance.wake()
    object.noticeVanished()
    await client.connect()
    expect([told, client.resyncs]).toEqual([["session terminated"], 1])
  })

  it("writes a row when it watches, and none when it watches again", async () => {
    const { object } = await roomOf("ann", "bob")
    expect(watches(object).length).toBe(2)
    object.writes.length = 0
    object.instance.room.tell("watch")
    expect(object.writes).not.toContain(expect.stringContaining("watch"))
    await object.evict()
    object.instance.room.tell("watch")
    expect(object.writes).not.toContain(expect.stringContaining("watch"))
  })

  it("has its watches after the author has deleted everything", async () => {
    const { object } = await roomOf("ann")
    await object.connect({ name: "bob" })
    await object.evict()
    await object.instance.ctxStorage.deleteAll()
    object.flush()
    await object.crash()
    object.instance.wake()
    expect(told.length).toBe(2)
  })
})

describe("an event that is not stored", () => {
  const inTransaction = (object: MemoryObject<Rooms>, run: () => void) => {
    const rollBack = () =>
      object.instance.ctxStorage.transactionSync(() => {
        run()
        throw new Error("Rolls back")
      })
    expect(rollBack).toThrow("Rolls back")
  }

  it("keeps the watches of an actor, which are no part of a transaction of the author's", async () => {
    const { object } = await roomOf("ann")
    const before = watches(object)
    inTransaction(object, () => object.instance.room.tell("unwatch"))
    expect(watches(object)).toEqual([])
    inTransaction(object, () => object.instance.room.tell("watch"))
    expect(watches(object)).toEqual(before)
    object.flush()
    await object.crash()
    inTransaction(object, () => object.instance.wake())
    object.flush()
    await object.crash()
    object.instance.wake()
    expect(told).toEqual(["ann terminated"])
  })

  it("fails an actor if storage refuses its watch, and leaves no watch", async () => {
    const object = new MemoryObject(Rooms)
    object.isFull = (key) => key.startsWith("sluice:watch:")
    const ann = await object.connect({ name: "ann" })
    object.isFull = () => false
    await object.connect({ name: "bob" })
    object.close(ann, 1000, "")
    object.flush()
    await object.crash()
    object.instance.wake()
    expect([told, watches(object)]).toEqual([["bob terminated"], []])
  })
})

/** Watches the client of another connection. */
class Friend extends Actor<string | Terminated> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  override preStart() {
    refs.push(this.context.self)
  }

  receive(message: string | Terminated) {
    if (message instanceof Terminated) this.out.tell("left")
    else for (const ref of refs) this.context.watch(ref)
  }
}

const refs: AnyRef[] = []

/** An object without actors of its own. */
class Friends extends FlowObject<unknown, boolean> {
  protected accept({ data: durable }: ConnectionContext<boolean>) {
    const flow = ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Friend, out))
    return webSocket.endpoint(text, flow, { resume: { within: "1 minute", durable } })
  }
}

it("an actor of a connection that outlives a crash is told of one that does not", async () => {
  const object = new MemoryObject(Friends)
  const watcher = await new MemorySession(object, true).connect()
  await object.connect(false)
  watcher.send("watch")
  object.flush()
  await object.crash()
  watcher.drop(false)
  await watcher.connect()
  expect([watcher.received, watcher.resyncs]).toEqual([["left"], 0])
  object.flush()
  await object.crash()
  watcher.drop(false)
  await watcher.connect()
  expect([watcher.received, watcher.resyncs]).toEqual([["left"], 0])
})
