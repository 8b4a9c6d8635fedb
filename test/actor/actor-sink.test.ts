import { describe, expect, it } from "vitest"
import { type ActorSinkOptions, type ActorSource, PoisonPill, Sink, Source } from "../../src/actor.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { logged } from "./recording-actor.ts"

/** A flow that sends its input to a ref, and whose output is the source of that ref. */
function loop(options?: ActorSinkOptions<string>) {
  const running: { out?: ActorSource<string> } = {}
  const probe = Probe.flow(() => {
    const out = Source.actorRef<string>()
    running.out = out
    return Flow.fromSinkAndSource(Sink.actorRef<string>(out.ref, options), out.source)
  })
  return { running, probe: probe.unbounded() }
}

const options: ActorSinkOptions<string> = {
  onInitMessage: "hello",
  onCompleteMessage: "goodbye",
  onFailureMessage: (error) => `alas, ${error}`,
}

describe("Sink.actorRef", () => {
  it("tells every element to the actor", () => {
    expect(loop().probe.send("a", "b").hibernate().send("c").received).toEqual(["a", "b", "c"])
  })

  it("tells onInitMessage before the first element, and not after hibernation", () => {
    expect(loop(options).probe.send("a").hibernate().hibernate().send("b").received).toEqual(["hello", "a", "b"])
  })

  it("tells onCompleteMessage once, after the last element", () => {
    expect(loop(options).probe.send("a").hibernate().complete().hibernate().received).toEqual(["hello", "a", "goodbye"])
  })

  it("tells onFailureMessage once, with the error", () => {
    const { received } = loop(options).probe.hibernate().fail(new RangeError("it failed")).hibernate()
    expect(received).toEqual(["hello", "alas, RangeError: it failed"])
  })

  it("tells only the elements by default", () => {
    expect(loop().probe.send("a").complete().received).toEqual(["a"])
    expect(loop().probe.fail(new Error()).received).toEqual([])
  })

  it("does not end its actor", () => {
    const { probe, running } = loop()
    probe.complete().hibernate()
    running.out?.ref.tell("still here")
    expect(probe.received).toEqual(["still here"])
    expect(probe.ended).toBeUndefined()
  })

  it("cancels when the actor has stopped, and tells it nothing after that", () => {
    const { probe, running } = loop(options)
    expect(probe.cancelled).toBeUndefined()
    running.out?.ref.tell(PoisonPill)
    expect(probe.cancelled).toBe(true)
    expect(probe.received).toEqual(["hello"])
    expect(logged).toEqual([])
  })

  it("cancels when the actor has stopped during hibernation", () => {
    const { probe } = loop(options)
    expect(probe.hibernate().cancel().cancelled).toBe(true)
  })

  it("has demand until the actor stops", () => {
    const { probe, running } = loop()
    expect(probe.hibernate().demand).toBe(true)
    running.out?.ref.tell(PoisonPill)
    expect(probe.hibernate().demand).toBe(false)
  })

  it("completes with its stream, and fails with its stream", () => {
    const target = () => {
      const out = Source.actorRef<string>()
      Probe.source(() => out.source)
      return out.ref
    }
    expect(Probe.sink(() => Sink.actorRef(target())).complete().result).toEqual({ value: undefined })
    const error = new Error("failed")
    expect(Probe.sink(() => Sink.actorRef(target())).fail(error).result).toEqual({ error })
  })
})
