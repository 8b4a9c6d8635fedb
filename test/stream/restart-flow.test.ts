import { describe, expect, it } from "vitest"
import type { RestartSettings } from "../../src/stream/backoff.ts"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { breaking, ended, error, failing, flow, settings, source } from "../support/restarted.ts"

describe("RestartFlow.withBackoff", () => {
  it("makes the flow anew when it fails, after the backoff", () => {
    const probe = flow((numbers) => breaking(numbers).scan(0, (sum, n) => sum + n)).send(1, -1, 2)
    expect(probe.received).toEqual([0, 1])
    expect(probe.demand).toBe(false)
    expect(probe.advance(100).received).toEqual([0, 1, 0, 2])
    expect(probe.demand).toBe(true)
  })

  it("makes the flow anew when it completes or cancels", () => {
    const probe = flow((numbers) => numbers.take(1))
      .send(1, 2)
      .advance(100)
    expect(probe.received).toEqual([1, 2])
    expect(probe.cancelled).toBe(undefined)
    const cancelling = flow((numbers) => numbers.take(1).delay(10))
      .send(1)
      .advance(10)
      .send(2)
      .advance(200)
    expect(cancelling.received).toEqual([])
  })

  it("holds one element during a backoff, hibernating or not", () => {
    const probe = flow(breaking).send(-1, 7)
    expect(probe.hibernate().demand).toBe(false)
    expect(probe.advance(100).received).toEqual([7])
  })

  it("completes with the flow when upstream completes, and at once during a backoff", () => {
    const probe = flow((numbers) => numbers.delay(10))
      .send(1)
      .complete()
    expect(probe.hibernate().advance(10).received).toEqual([1])
    expect(probe.ended).toBe("completed")
    expect(probe.clock.pending).toBe(0)
    const waiting = flow(breaking).send(-1).complete()
    expect(waiting.ended).toBe("completed")
    expect(waiting.clock.pending).toBe(0)
  })

  it("sends the element that waits through the next flow, though upstream has completed, hibernating or not", () => {
    for (const sleeps of [false, true]) {
      const probe = flow(breaking).send(-1, 7).complete()
      expect(probe.ended).toBe(undefined)
      if (sleeps) probe.hibernate()
      expect(probe.advance(100).received).toEqual([7])
      expect(probe.ended).toBe("completed")
      const slow = flow((numbers) => breaking(numbers.delay(10, { bufferSize: 1 })))
        .send(-1, 7)
        .complete()
      if (sleeps) slow.hibernate()
      expect(slow.advance(10).advance(100).advance(10).received).toEqual([7])
      expect(slow.ended).toBe("completed")
    }
  })

  it("ends as its flow does when maxRestarts is reached", () => {
    const probe = flow(breaking, { maxRestarts: 1, maxRestartsWithin: 1_000 }).send(-1).advance(100).send(-1)
    expect(probe.ended).toEqual(ended)
    expect(probe.cancelled).toEqual({ cause: error })
    const completed = flow((numbers) => numbers.take(1), { maxRestarts: 0 }).send(1)
    expect(completed.ended).toBe("completed")
    expect(completed.cancelled).toBe(true)
  })

  it("fails as soon as upstream fails", () => {
    expect(flow(breaking).send(1).fail(error).ended).toEqual(ended)
    expect(flow(breaking).send(-1).fail(error).ended).toEqual(ended)
  })

  it("cancels upstream when downstream cancels, during a backoff too", () => {
    expect(flow(breaking).send(1).cancel().cancelled).toBe(true)
    const waiting = flow(breaking).send(-1).cancel()
    expect(waiting.cancelled).toBe(true)
    expect(waiting.clock.pending).toBe(0)
  })
})

describe("RestartFlow.onFailuresWithBackoff", () => {
  const start = RestartFlow.onFailuresWithBackoff

  it("makes the flow anew when it fails", () => {
    expect(flow(breaking, {}, start).send(1, -1, 2).advance(100).received).toEqual([1, 2])
  })

  it("completes with the flow", () => {
    const probe = flow((numbers) => numbers.take(1), {}, start).send(1)
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
  })

  it("cancels upstream when the flow does, and emits the rest of the flow", () => {
    const probe = flow((numbers) => numbers.take(1).delay(10), {}, start).send(1)
    expect(probe.cancelled).toBe(true)
    expect(probe.hibernate().advance(10).received).toEqual([1])
    expect(probe.ended).toBe("completed")
  })
})

describe("the settings of a restart", () => {
  const anything = (value: unknown) => value as never

  it.each<[Partial<RestartSettings>, string]>([
    [{ minBackoff: 0 }, "withBackoff: minBackoff: a number (0) is not a duration of at least 1 ms"],
    [{ maxBackoff: 50 }, "withBackoff: maxBackoff: a number (50) is not a duration of at least 100 ms"],
    [{ maxRestartsWithin: -1 }, "withBackoff: maxRestartsWithin: a number (-1) is not a duration"],
    [{ maxRestarts: 1.5 }, "withBackoff: maxRestarts is a number (1.5): write a whole number of at least 0"],
    [{ randomFactor: 2 }, "withBackoff: randomFactor is a number (2): write a number from 0 to 1"],
    [{ restartOn: anything(true) }, "withBackoff: restartOn is a boolean (true): write a function"],
    [{ randomFactor: anything("0.2") }, 'withBackoff: randomFactor is "0.2"'],
  ])("%j is refused", (wrong, message) => {
    expect(() => RestartSource.withBackoff({ ...settings, ...wrong }, failing)).toThrow(message)
    expect(() => RestartFlow.withBackoff({ ...settings, ...wrong }, () => Flow.of())).toThrow(message)
  })

  it("come with a function that returns a source, or a flow", () => {
    expect(() => RestartSource.withBackoff(settings, anything(failing()))).toThrow(
      "withBackoff: make is an instance of Source: write a function",
    )
    expect(source(() => anything(Flow.of())).ended).toEqual({
      failed: new TypeError(
        '"withBackoff", step 1 of the flow: make returned an instance of Flow: return a source, such as ' +
          "Source.single(element)",
      ),
    })
    expect(flow(() => anything(failing())).ended).toMatchObject({ failed: { name: "TypeError" } })
  })
})
