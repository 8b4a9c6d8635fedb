import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

/** Counts messages, and destroys the object. Its last message goes to another object. */
class Counter extends Actor<string> {
  override state = 0

  constructor(
    private readonly out: { publish(text: string): void },
    private readonly destroy: () => void,
    private readonly heir?: ActorRef<string>,
  ) {
    super()
  }

  override preStart() {
    this.timers.startTimerAtFixedRate("beat", "beat", "1 second")
  }

  override postStop() {
    this.heir?.tell("inherited")
  }

  receive(message: string) {
    if (message === "destroy") this.destroy()
    else this.out.publish(`${this.self.path} ${message} ${++this.state}`)
  }
}

let errors: LogEntry[]
let object: MemoryObject<Scripted>

beforeEach(() => {
  errors = logged()
  script(({ actor, hub, destroy }) => {
    const news = hub<string>("news")
    const end = () => void destroy(4000, "The end")
    const heir = actor("heir", Props.of(Counter, news, end))
    const counter = actor("counter", Props.of(Counter, news, end, heir))
    const told = Sink.forEach((text: string) => {
      for (const one of text.startsWith("both") ? [heir, counter] : [counter]) one.tell(text)
    })
    return { accept: () => webSocket.endpoint(text, Flow.fromSinkAndSource(told, news.source())) }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

const taken = ({ received }: MemorySocket) => received.splice(0)

describe("an object that an actor of its own destroys (fault 5)", () => {
  it("is empty, and the next connection finds a new one, without an eviction", async () => {
    const client = await object.connect()
    object.send(client, "both a")
    object.send(client, "destroy")
    expect(taken(client)).toEqual(["/heir both a 1", "/counter both a 1", closed(4000, "The end")])
    expect([[...object.rows], object.alarm]).toEqual([[], null])
    const next = await object.connect()
    object.send(next, "both b")
    await object.evict()
    object.send(next, "c")
    object.advance(1_000)
    expect(taken(next)).toEqual([
      "/heir both b 1",
      "/counter both b 1",
      "/counter c 2",
      "/counter beat 3",
      "/heir beat 2",
    ])
    expect(errors.filter(({ level }) => level === "error")).toEqual([])
  })

  it("starts no actor", async () => {
    const client = await object.connect()
    object.send(client, "a")
    object.send(client, "destroy")
    expect(taken(client)).toEqual(["/counter a 1", closed(4000, "The end")])
    expect([[...object.rows], object.alarm]).toEqual([[], null])
  })
})

/** Publishes and stores the end of each connection. */
class Noting extends FlowObject {
  private readonly ends = this.hub<string>("ends")
  private readonly end = this.cell("end", "")

  protected accept() {
    const noted = Flow.of<string>().onTermination(({ type }) => {
      this.end.set(type)
      this.ends.publish(type)
    })
    return webSocket.endpoint(text, noted.merge(this.ends.source()), { resume: { within: "1 minute" } })
  }

  destroyed(): Promise<void> {
    return this.destroy()
  }
}

describe("a destroyed object that stays in memory", () => {
  it("ends later sessions in time, although it had one without a socket", async () => {
    const object = new MemoryObject(Noting)
    const before = await new MemorySession(object, {}).connect()
    before.drop()
    await object.instance.destroyed()
    expect([[...object.rows], object.alarm]).toEqual([[], null])
    object.stall(1_000)
    const [client, other] = [
      await new MemorySession(object, {}).connect(),
      await new MemorySession(object, {}).connect(),
    ]
    client.drop()
    object.advance(60_000)
    expect(other.read().received).toEqual(["completed"])
  })

  it("has ended the flow of a socket that has vanished, before the runtime reports its close", async () => {
    const vanished = new MemoryObject(Noting)
    const socket = await vanished.connect()
    vanished.vanish(socket)
    await vanished.instance.destroyed()
    vanished.noticeVanished()
    expect([...vanished.rows]).toEqual([])
  })
})
