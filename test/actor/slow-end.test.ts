import { describe, expect, it } from "vitest"
import { ActorFlow, type ActorRef, Props } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { Client, closed } from "../support/client.ts"
import { Echo } from "./echo.ts"

describe("row 32: an actor that stops upstream of a slow step", () => {
  it("sends all messages that it told out before", () => {
    const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Echo, out)).delay(10)
    const client = new Client(text, flow()).open().send("a", "stop").hibernate(flow())
    expect(client.received).toEqual([])
    expect(client.advance(10).received).toEqual(["a", "stop", "bye", closed(1000)])
  })
})
