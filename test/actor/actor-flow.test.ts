import { describe, expect, it } from "vitest"
import { ActorFlow, Props } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Client, closed } from "../support/client.ts"
import { Echo, echo } from "./echo.ts"
import { ActorClient, seen } from "./recording-actor.ts"

const client = () => new ActorClient((out) => Props.of(Echo, out))

describe("ActorFlow.actorRef", () => {
  it("refuses Props instead of a function that makes them", () => {
    expect(() => ActorFlow.actorRef(Props.of(Echo, undefined as never) as never)).toThrow(
      "ActorFlow.actorRef: props is an instance of Props: write a function",
    )
  })

  it("tells the actor each message of the client, and sends the client each message that the actor tells out", () => {
    expect(client().send("a", "b c").sleep().send("d").received).toEqual(["a", "b", "c", "d"])
  })

  it.each(["stop", "poison"])("row 32: closes with 1000 after the actor's messages, when it ends: %s", (end) => {
    expect(client().send("a").sleep().send(end, "b").sleep().received).toEqual(["a", end, "bye", closed(1000)])
    expect(seen).toEqual(["stopped"])
  })

  it("row 32: closes with 1000 when out is told PoisonPill, and the actor stops", () => {
    expect(client().send("poison out", "b").received).toEqual(["poison", "out", closed(1000)])
    expect(seen).toEqual(["stopped"])
  })

  it("row 32: sends the waiting messages before the close", () => {
    const probe = Probe.flow(echo).send("a b poison", "poison").hibernate()
    expect(probe.request(2).hibernate().received).toEqual(["a", "b"])
    expect(probe.ended).toBeUndefined()
    expect(probe.unbounded().received).toEqual(["a", "b", "poison", "poison", "bye"])
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
  })

  it("stops its actor when its input has ended, and completes after it", () => {
    const probe = Probe.flow(echo).unbounded().send("a").hibernate().complete()
    expect(probe.received).toEqual(["a", "bye"])
    expect(probe.ended).toBe("completed")
    expect(seen).toEqual(["stopped"])
  })

  it("fails when its input has failed, and stops its actor", () => {
    const error = new Error("above")
    expect(Probe.flow(echo).unbounded().fail(error).ended).toEqual({ failed: error })
    expect(seen).toEqual(["stopped"])
  })

  it("row 33: runs postStop and closes with 1011 when the actor throws", () => {
    const { received, errors } = client().send("a").sleep().send("throw", "b").sleep()
    expect(received).toEqual(["a", "throw", "bye", closed(1011)])
    expect(errors).toEqual([new Error("thrown")])
    expect(seen).toEqual(["stopped"])
  })

  it("row 33: closes with the code of a CloseError", () => {
    const { received, errors } = client().send("close", "b")
    expect(received).toEqual(["close", "bye", closed(4001, "thrown")])
    expect(errors).toEqual([])
    expect(seen).toEqual(["stopped"])
  })

  it("is made anew by RestartFlow.onFailuresWithBackoff when its actor throws", () => {
    const backoff = { minBackoff: 1_000, maxBackoff: 1_000, randomFactor: 0 }
    const probe = Probe.flow(() => RestartFlow.onFailuresWithBackoff(backoff, echo)).unbounded()
    probe.send("close").advance(1_000).send("again")
    expect([probe.received.at(-1), probe.ended, probe.cancelled]).toEqual(["again", undefined, undefined])
  })

  it("row 33: closes with 1011 when the actor cannot be made", () => {
    const broken = ActorFlow.actorRef<string, string>(() => {
      throw new Error("no props")
    })
    const { received, errors } = new Client(text, broken).open().send("a")
    expect(received).toEqual([closed(1011)])
    expect(errors).toEqual([new Error("no props")])
  })
})
