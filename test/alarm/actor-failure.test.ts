import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, type Directive, oneForOne, Props } from "sluice/actor"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

interface Out {
  publish(text: string): void
}

class Child extends Actor<string> {
  override state = { count: 0 }

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive() {
    this.out.tell(`child ${++this.state.count}`)
  }
}

/** Its state is changed in place, before it fails. */
class Counter extends Actor<string> {
  override state = { counts: { all: 0 }, at: new Date(0), seen: new Set<string>() }
  override readonly childTypes = { Child }

  constructor(private readonly out: Out) {
    super()
  }

  override postStop() {
    this.out.publish("stopped")
  }

  receive(message: string) {
    const { counts, seen, at } = this.state
    counts.all++
    seen.add(message)
    at.setTime(counts.all)
    if (message === "deep" || message === "function") Object.assign(counts, { value: unstorable(message) })
    if (message === "fail" || message === "rung badly") throw new Error("It broke")
    if (message === "later") this.timers.startSingleTimer("later", "rung", "1 second")
    if (message === "badly") this.timers.startTimerAtFixedRate("badly", "rung badly", "1 second")
    if (message === "burst") for (const next of ["fail", "c", "d"]) this.self.tell(next)
    if (message === "child") this.childOf().tell("add")
    else this.out.publish(`${message} ${counts.all} ${[...seen].join("")} ${at.getTime()}`)
  }

  private childOf(): ActorRef<string> {
    return (
      (this.context.child("child") as ActorRef<string> | undefined) ??
      this.context.actorOf(Props.of(Child, this.self), "child")
    )
  }
}

/** A value that no storage takes. */
function unstorable(kind: string): unknown {
  let value: unknown = () => 1
  if (kind === "deep") for (let depth = 0; depth < 10_000; depth++) value = [value]
  return value
}

let errors: LogEntry[]
let object: MemoryObject<Scripted>
let client: MemorySocket
let directive: Directive | undefined

beforeEach(async () => {
  errors = logged()
  directive = undefined
  script(({ actor, hub }) => {
    const news = hub<string>("news")
    const supervisorStrategy = oneForOne(() => directive ?? "stop")
    const counter = actor("counter", Props.of(Counter, news), directive && { supervisorStrategy })
    return {
      accept({ data }) {
        if (data === "until")
          return webSocket.endpoint(text, Flow.fromSinkAndSource(ActorSink.actorRef(counter), news.source()))
        const words = Flow.of<string>().mapConcat((text) => text.split(" "))
        const told = words.to(Sink.forEach((word: string) => counter.tell(word)))
        return webSocket.endpoint(text, Flow.fromSinkAndSource(told, news.source()))
      },
    }
  })
  object = new MemoryObject(Scripted)
  client = await object.connect()
})

afterEach(() => vi.useRealTimers())

const taken = () => client.received.splice(0)

describe("an object's actor that fails (fault 43)", () => {
  it("continues from its state before the failed message, though that changed it in place", async () => {
    object.send(client, "a")
    object.send(client, "fail")
    object.send(client, "b")
    await object.evict()
    object.send(client, "c")
    expect(taken()).toEqual(["a 1 a 1", "stopped", "b 2 ab 2", "c 3 abc 3"])
    expect(errors).toEqual([expect.objectContaining({ event: "actor failed", actor: "/counter" })])
  })

  it("does so with several messages in one event, before and after the failed message", async () => {
    object.send(client, "a b fail c d")
    await object.evict()
    object.send(client, "e")
    expect(taken()).toEqual(["a 1 a 1", "b 2 ab 2", "stopped", "c 3 abc 3", "d 4 abcd 4", "e 5 abcde 5"])
  })

  it("leaves the waiting messages to the next instance", async () => {
    object.send(client, "burst")
    expect(taken()).toEqual(["burst 1 burst 1", "stopped", "c 2 burstc 2", "d 3 burstcd 3"])
    expect(errors).toHaveLength(1)
  })

  it.each(["deep", "function"])("continues from its stored state if its state cannot be stored: %s", async (kind) => {
    object.send(client, "a")
    object.send(client, `${kind} fail b`)
    await object.evict()
    object.send(client, "c")
    expect(taken()).toEqual(["a 1 a 1", "stopped", "b 2 ab 2", "c 3 abc 3"])
    expect(errors.map(({ actor }) => actor)).toEqual(["/counter", "/counter"])
  })

  it("continues from its initial state if its first message fails", async () => {
    object.send(client, "fail a")
    expect(taken()).toEqual(["stopped", "a 1 a 1"])
  })

  it("keeps its timers, whose failed message is not sent again", async () => {
    object.send(client, "later badly")
    taken()
    object.send(client, "fail")
    object.advance(1_000)
    await object.evict()
    object.advance(1_000)
    expect(taken()).toEqual(["stopped", "rung 3 laterbadlyrung 3", "stopped", "stopped"])
    object.send(client, "a")
    expect(taken()).toEqual(["a 4 laterbadlyrunga 4"])
  })

  it("keeps its children, with their state", async () => {
    object.send(client, "child")
    object.send(client, "child fail child")
    await object.evict()
    object.send(client, "child")
    expect(taken().filter((text) => String(text).startsWith("child"))).toEqual([
      expect.stringMatching(/^child 1 /),
      expect.stringMatching(/^child 2 /),
      expect.stringMatching(/^child 3 /),
      expect.stringMatching(/^child 4 /),
    ])
  })

  it("closes the flows that end in it with 1011, and no others", async () => {
    const until = await object.connect("until")
    object.send(client, "a")
    await object.evict()
    object.send(client, "fail")
    expect(until.received).toEqual(["a 1 a 1", "stopped", closed(1011)])
    object.send(client, "b")
    expect(taken()).toEqual(["a 1 a 1", "stopped", "b 2 ab 2"])
  })

  it("is stopped and loses its row if the directive is stop", async () => {
    directive = "stop"
    await object.evict()
    object.send(client, "a")
    object.send(client, "fail")
    expect([...object.rows.keys()]).toEqual([])
    object.send(client, "b")
    expect(taken()).toEqual(["a 1 a 1", "stopped", "b 1 b 1"])
  })

  it("keeps the changes of the failed message if the directive is resume", async () => {
    directive = "resume"
    await object.evict()
    object.send(client, "a fail")
    await object.evict()
    object.send(client, "b")
    expect(taken()).toEqual(["a 1 a 1", "b 3 afailb 3"])
  })
})
