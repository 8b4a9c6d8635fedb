import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Actor, type ActorRef, AskTimeoutError, Props } from "../../src/actor.ts"
import { ActorClient, logged, RecordingActor } from "./recording-actor.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Replies at once, later, twice or never, or stops without a reply. */
class Oracle extends Actor<string> {
  private asker: ActorRef<unknown> | undefined

  receive(question: string) {
    if (question === "at once") this.context.sender.tell("an answer")
    if (question === "later") this.asker = this.context.sender
    if (question === "now") this.asker?.tell("a late answer")
    if (question === "twice") for (const answer of ["the first", "the second"]) this.context.sender.tell(answer)
    if (question === "a ref") this.context.sender.tell(this.self)
    if (question === "stop") this.context.stop(this.self)
  }

  override postStop() {
    this.context.sender.tell("an answer when nothing is asked")
  }
}

/** The ref of an oracle in its parent. */
function oracle(): ActorRef<string> {
  let ref: ActorRef<string> | undefined
  class Parent extends RecordingActor {
    override readonly childTypes = { Oracle }
    override preStart(): void {
      ref = this.context.actorOf(Props.of(Oracle))
    }
  }
  new ActorClient(() => Props.of(Parent))
  if (!ref) throw new Error("There is no oracle")
  return ref
}

describe("to ask", () => {
  it("gives the message that the actor tells its sender", async () => {
    await expect(oracle().ask("at once", 10)).resolves.toBe("an answer")
  })

  it("gives an answer of a later event", async () => {
    const ref = oracle()
    const answer = ref.ask("later", 10)
    ref.tell("now")
    await expect(answer).resolves.toBe("a late answer")
  })

  it("gives the first answer, and the second is a dead letter", async () => {
    await expect(oracle().ask("twice", 10)).resolves.toBe("the first")
    expect(logged).toEqual([expect.stringMatching(/^1 dead letters for \/\?/)])
  })

  it("gives a ref as it is", async () => {
    const ref = oracle()
    expect((await ref.ask<ActorRef<string>>("a ref", 10)).path).toBe(ref.path)
  })

  it("rejects with an AskTimeoutError when there is no answer in time, not before", async () => {
    const failed = vi.fn()
    const answer = oracle().ask("later", "5 seconds").catch(failed)
    await vi.advanceTimersByTimeAsync(4_999)
    expect(failed).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    await answer
    expect(failed).toHaveBeenCalledExactlyOnceWith(expect.any(AskTimeoutError))
    expect(String(failed.mock.calls[0])).toMatch(/^AskTimeoutError: No answer from \S+ within 5000 ms$/)
  })

  it("makes a dead letter of an answer that is too late", async () => {
    const ref = oracle()
    const answer = expect(ref.ask("later", 10)).rejects.toThrow(AskTimeoutError)
    await vi.advanceTimersByTimeAsync(10)
    await answer
    ref.tell("now")
    expect(logged).toEqual([expect.stringMatching(/^1 dead letters for \/\?/)])
  })

  it("gets no answer from an actor that has stopped", async () => {
    const ref = oracle()
    ref.tell("stop")
    const answer = expect(ref.ask("at once", 10)).rejects.toThrow(AskTimeoutError)
    await vi.advanceTimersByTimeAsync(10)
    await answer
  })

  it("gets an answer only while the message is handled, and none from postStop", async () => {
    const answer = expect(oracle().ask("stop", 10)).rejects.toThrow(AskTimeoutError)
    await vi.advanceTimersByTimeAsync(10)
    await answer
  })

  it("leaves no timer behind", async () => {
    await oracle().ask("at once", "1 hour")
    expect(vi.getTimerCount()).toBe(0)
  })

  it("takes a duration", () => {
    expect(() => oracle().ask("at once", -1)).toThrow(RangeError)
  })
})
