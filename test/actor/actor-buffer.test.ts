import { describe, expect, it } from "vitest"
import { ActorFlow, Props } from "../../src/actor.ts"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Echo } from "./echo.ts"
import { logged, seen } from "./recording-actor.ts"

describe("the buffer of an ActorFlow", () => {
  const waiting = (options: Parameters<typeof ActorFlow.actorRef>[1], words = "1 2 3 4 5") =>
    Probe.flow(() => ActorFlow.actorRef<string, string>((out) => Props.of(Echo, out), options)).send(words)

  it.each([
    ["dropHead", ["4", "5"]],
    ["dropTail", ["1", "5"]],
    ["dropNew", ["1", "2"]],
    ["dropBuffer", ["5"]],
  ] as const)("with %s keeps %j without demand", (overflow, kept) => {
    expect(waiting({ bufferSize: 2, overflow }).hibernate().unbounded().received).toEqual(kept)
  })

  it("with fail fails the flow, and the actor stops", () => {
    const probe = waiting({ bufferSize: 2, overflow: "fail" }).unbounded()
    expect(probe.ended).toEqual({ failed: expect.any(BufferOverflowError) })
    expect(seen).toEqual(["stopped"])
    expect(logged.join()).toContain("dead letter")
  })

  it("holds 16 messages by default, and drops later ones", () => {
    const words = Array.from({ length: 20 }, (_, n) => `${n}`)
    expect(waiting({}, words.join(" ")).unbounded().received).toEqual(words.slice(0, 16))
  })

  it.each([0, 0.5])("cannot be of %s messages", (bufferSize) => {
    expect(() => ActorFlow.actorRef(() => Props.of(Echo, undefined as never), { bufferSize })).toThrow(RangeError)
  })
})
