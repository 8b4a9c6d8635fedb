import { describe, expect, it } from "vitest"
import { ActorStage } from "../../src/actor/actor-stage.ts"
import { stopping } from "../../src/actor/supervision.ts"
import { Props } from "../../src/actor.ts"
import { messages, text } from "../../src/socket/codec.ts"
import { Message } from "../../src/socket/message.ts"
import { sinkStep } from "../../src/stream/engine/wiring.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Client, closed } from "../support/client.ts"
import { echo } from "./echo.ts"
import { RecordingActor, seen } from "./recording-actor.ts"

const refuse = (word: string) => {
  if (word === "fail") throw new Error("refused")
  return word
}

describe("row 34: the actor stops exactly once", () => {
  const stops = (flow: () => Flow<string, string>, end: (client: Client<string, string>) => void) => {
    const client = new Client(text, flow()).open().send("a").hibernate(flow()).hibernate(flow())
    expect(seen).toEqual([])
    end(client)
    client.hibernate(flow()).send("b").close().vanish().hibernate(flow()).advance(60_000)
    expect(seen).toEqual(["stopped"])
    return client.received
  }

  it("when the client closes", () => {
    expect(stops(echo, (client) => client.close(4000))).toEqual(["a", closed(4000)])
  })

  it("when the connection drops", () => {
    expect(stops(echo, (client) => client.vanish())).toEqual(["a"])
  })

  it("when the client sends a message that is not allowed", () => {
    const received = stops(echo, (client) => client.send(new Uint8Array(1)))
    expect(received.at(-1)).toEqual(closed(1003, "This WebSocket only supports text frames"))
  })

  it("when the flow fails upstream of it", () => {
    const failing = () => Flow.of<string>().map(refuse).via(echo())
    expect(stops(failing, (client) => client.send("fail")).at(-1)).toEqual(closed(1011))
  })

  it("when the flow fails downstream of it", () => {
    const failing = () => echo().map(refuse)
    expect(stops(failing, (client) => client.send("fail")).at(-1)).toEqual(closed(1011))
  })

  it("when the client has closed and the flow does not handle its messages in time", () => {
    const slow = () => Flow.of<string>().delay("1 hour").via(echo())
    expect(stops(slow, (client) => client.close(4000))).toEqual([closed(4000)])
  })

  it("when downstream cancels", () => {
    expect(
      stops(
        () => echo().take(2),
        (client) => client.send("b"),
      ),
    ).toEqual(["a", "b", closed(1000)])
  })

  it("when something else ends the flow", () => {
    const merged = () =>
      echo().merge(Source.tick(100, { initialDelay: 100 }).take(1).map(String), { eagerComplete: true })
    expect(stops(merged, (client) => client.advance(100)).at(-1)).toEqual(closed(1000))
  })

  it("when it sends the close itself", () => {
    const closing = () => echo().map((word) => (word === "b" ? Message.close(4002) : Message.text(word)))
    const codec = messages.map((message) => (message.type === "text" ? message.text : message.type))
    const client = new Client(codec, closing()).open().send("a", "b", "c").vanish()
    expect(client.received).toEqual(["a", closed(4002)])
    expect(seen).toEqual(["stopped"])
  })
})

describe("an actor that is the end of a stream, as those of an object are", () => {
  const stream = () =>
    new Sink<string, void>([
      sinkStep(
        "actor",
        "keeps",
        () => new ActorStage(() => Props.of(RecordingActor), { strategy: stopping, recovers: false }),
      ),
    ])

  it("completes the stream when it stops", () => {
    const probe = Probe.sink(stream).send("a").hibernate().send("stop")
    expect(probe.result).toEqual({ value: undefined })
    expect(probe.cancelled).toBe(true)
  })

  it("stops when it has ended, or failed", () => {
    for (const end of ["complete", "fail"] as const) Probe.sink(stream).hibernate()[end](new Error(end))
    expect(seen).toEqual(["root starts", "root stops", "root starts", "root stops"])
  })

  it("fails the stream when it throws", () => {
    expect(Probe.sink(stream).send("throw it").result).toEqual({ error: new Error("it") })
    expect(seen).toEqual(["root starts", "root: throw it", "root stops"])
  })
})
