import { describe, expect, it } from "vitest"
import { Actor, ActorFlow, type ActorRef, PoisonPill, Props } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import type { SourceQueue } from "../../src/stream/source-handles.ts"
import { settled } from "../../src/testing/settled.ts"
import { closed, connect } from "../support/client.ts"

const foreign = () => {
  throw new Error("Another request")
}

/** A client whose flow sends the elements of a queue, one a second after the first. */
function queued(queue: SourceQueue<string>) {
  return connect(text, Flow.fromSinkAndSource(Sink.ignore(), queue.source.throttle(1, "1 second")))
}

describe("an event of another request is refused before anything has changed (fault 3)", () => {
  it.each(["dropHead", "dropNew", "fail"] as const)("an offer to a queue (%s)", (overflow) => {
    const queue = Source.queue<string>(2, overflow)
    const client = queued(queue)
    for (const message of ["a", "b", "c", "d"]) queue.offer(message)
    client.enter = foreign
    for (let n = 0; n < 3; n++) expect(() => queue.offer("foreign")).toThrow("Another request")
    client.enter = () => {}
    expect(client.advance(10_000).received).toEqual(["a", "b", "c", "d"])
  })

  it("the end and the failure of a queue", () => {
    const queue = Source.queue<string>(2)
    const client = queued(queue)
    client.enter = foreign
    expect(() => queue.complete()).toThrow("Another request")
    expect(() => queue.fail(new Error("broken"))).toThrow("Another request")
    client.enter = () => {}
    expect(queue.offer("a")).toBe("enqueued")
    expect(client.received).toEqual(["a"])
    queue.complete()
    expect(client.advance(1_000).received).toEqual(["a", closed(1000)])
  })

  it("the element and the failure of a maybe", () => {
    const maybe = Source.maybe<string>()
    const client = connect(text, Flow.fromSinkAndSource(Sink.ignore(), maybe.source))
    client.enter = foreign
    expect(() => maybe.complete("foreign")).toThrow("Another request")
    expect(() => maybe.fail(new Error("broken"))).toThrow("Another request")
    client.enter = () => {}
    expect(maybe.complete("a")).toBe(true)
    expect(client.received).toEqual(["a", closed(1000)])
  })

  it("a tell and an ask of an actor", async () => {
    let actor: ActorRef<string> | undefined
    class Counter extends Actor<string> {
      override state = 0
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      override preStart() {
        actor = this.self
      }
      receive(message: string) {
        this.state++
        this.out.tell(`${this.state}: ${message}`)
      }
    }
    const client = connect(
      text,
      ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Counter, out)),
    )
    client.send("a").enter = foreign
    expect(() => actor?.tell("foreign")).toThrow("Another request")
    expect(() => actor?.tell(PoisonPill)).toThrow("Another request")
    await expect(actor?.ask("foreign", "1 second")).rejects.toThrow("Another request")
    client.enter = () => {}
    expect(client.send("b").received).toEqual(["1: a", "2: b"])
    actor?.tell("from a timer of its own request")
    expect(client.received.at(-1)).toBe("3: from a timer of its own request")
  })
})

describe("the connection's own events pass without a check (fault 3):", () => {
  it("frames, the effects of the flow in them, and the close", () => {
    const queue = Source.queue<string>(16)
    const client = connect(
      text,
      Flow.fromSinkAndSource(
        Sink.forEach((message: string) => void queue.offer(message)),
        queue.source,
      ),
    )
    client.enter = foreign
    expect(client.send("a", "b").close(4000, "bye").received).toEqual(["a", "b", closed(4000, "bye")])
  })

  it("timers and promises are checked once each", async () => {
    const client = connect(
      text,
      Flow.of<string>()
        .mapAsync(1, async (message) => message)
        .merge(Source.tick(1_000, { initialDelay: 1_000 }).map(String)),
    )
    let asked = 0
    client.enter = () => void asked++
    client.send("a")
    await settled()
    expect([client.received, asked]).toEqual([["a"], 1])
    expect([client.advance(1_000).received, asked]).toEqual([["a", "0"], 2])
  })
})
