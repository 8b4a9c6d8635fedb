import { describe, expect, it } from "vitest"
import { Actor, ActorFlow, type ActorRef, PoisonPill, Props } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { Client, closed } from "../support/client.ts"

class Counter extends Actor<string> {
  override state = { count: 0 }
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  override preStart() {
    this.out.tell("started")
  }

  receive(message: string) {
    if (message === "stop") this.self.tell(PoisonPill)
    if (message === "throw") throw new Error("thrown")
    if (message === "tick") this.timers.startTimerAtFixedRate("tick", "ticked", 100)
    this.out.tell(`${message} ${++this.state.count}`)
  }

  override postStop() {
    this.out.tell("bye")
    stopped++
  }
}
let stopped = 0
const flow = () => ActorFlow.actorRef<string, string>((out) => Props.of(Counter, out))

describe("ActorFlow.actorRef", () => {
  it("tells the actor what comes in, and the client what the actor tells out", () => {
    const client = new Client(text, flow()).open().send("a", "b")
    expect(client.received).toEqual(["started", "a 1", "b 2"])
  })
  it("goes on", () => {
    const client = new Client(text, flow()).open().send("a", "tick").hibernate(flow()).send("b").advance(150)
    expect(client.hibernate(flow()).advance(100).received).toEqual([
      "started",
      "a 1",
      "tick 2",
      "b 3",
      "ticked 4",
      "ticked 5",
    ])
  })
  it("row 32", () => {
    stopped = 0
    const client = new Client(text, flow()).open().send("stop", "b").hibernate(flow())
    expect(client.received).toEqual(["started", "stop 1", "bye", closed(1000)])
    expect(stopped).toBe(1)
  })
  it("row 33", () => {
    stopped = 0
    const client = new Client(text, flow()).open().send("throw", "b").hibernate(flow())
    expect(client.received).toEqual(["started", "bye", closed(1011)])
    expect(client.errors.length).toBe(1)
    expect(stopped).toBe(1)
  })
  it("row 34", () => {
    stopped = 0
    const client = new Client(text, flow()).open().send("a").hibernate(flow()).close(4000)
    expect(client.received).toEqual(["started", "a 1", closed(4000)])
    expect(stopped).toBe(1)
  })
})
