import { describe, expect, it } from "vitest"
import { ActorFlow, Props, Source } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Client } from "../support/client.ts"
import { Parent, seen } from "./recording-actor.ts"

const orders = Source.from(["spawn a", "watch a"])
  .concat(
    Source.tick(10, { initialDelay: 10 })
      .take(1)
      .map(() => "stop a"),
  )
  .concat(Source.never<string>())

/** A flow that is an actor, inside a source that is made while its flow is running. */
const flow = () =>
  Flow.of<string>().flatMapConcat(() => orders.via(ActorFlow.actorRef<string, string>(() => Props.of(Parent))))

describe("an actor in a nested source", () => {
  it.each([false, true])("is notified of the end of its child, hibernating in between: %s", (sleeps) => {
    const client = new Client(text, flow()).open().send("x")
    if (sleeps) client.hibernate(flow())
    client.advance(20)
    expect(seen).toEqual(["root starts", "a starts", "a stops", "root hears that a has stopped"])
  })
})
