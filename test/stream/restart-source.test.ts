import { describe, expect, it } from "vitest"
import type { RestartSettings } from "../../src/stream/backoff.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { breaking, ended, error, failing, flow, settings, source } from "../support/restarted.ts"

describe("RestartSource.withBackoff", () => {
  it("makes the source anew when it completes, after the backoff", () => {
    const probe = source(() => Source.from(["a", "b"])).advance(99)
    expect(probe.received).toEqual(["a", "b"])
    expect(probe.advance(1).received).toEqual(["a", "b", "a", "b"])
    expect(probe.ended).toBe(undefined)
  })

  it("makes the source anew when it fails", () => {
    expect(source(failing).advance(100).received).toEqual(["a", "a"])
  })

  it("waits twice as long each time, up to maxBackoff, hibernating or not", () => {
    for (const sleeps of [false, true]) {
      const times: number[] = []
      const probe: Probe<never, string> = source(() => Source.empty<string>(), { maxRestartsWithin: "1 hour" })
      for (let restart = 0; restart < 4; restart++) {
        times.push((probe.save()[0]?.[2] ?? Number.NaN) - probe.clock.now())
        if (sleeps) probe.hibernate()
        probe.advance(times[restart] ?? 0)
      }
      expect(times).toEqual([100, 200, 300, 300])
    }
  })

  it("counts anew after a run that was long enough, which is minBackoff by default", () => {
    const probe = source(() => Source.empty<string>().initialDelay(101).concat(Source.never<string>().takeWithin(101)))
    probe.advance(101).advance(100)
    expect(probe.save()[0]?.[2]).toBe(302)
    probe.advance(101).advance(100)
    expect(probe.save()[0]?.[2]).toBe(503)
  })

  it("ends as its source does when maxRestarts is reached, hibernating or not", () => {
    const more = { maxRestarts: 1, maxRestartsWithin: 1_000 }
    const probe = source(failing, more).hibernate().advance(100)
    expect(probe.received).toEqual(["a", "a"])
    expect(probe.ended).toEqual(ended)
    const completed = source(() => Source.single("a"), more).advance(100)
    expect(completed.received).toEqual(["a", "a"])
    expect(completed.ended).toBe("completed")
    expect(source(failing, { maxRestarts: 0 }).ended).toEqual(ended)
  })

  it("cancels its source, and a restart that is due", () => {
    const ends: unknown[] = []
    source(() => Source.never<string>().onTermination(({ type }) => ends.push(type))).cancel()
    expect(ends).toEqual(["cancelled"])
    expect(source(failing).cancel().clock.pending).toBe(0)
  })

  it("adds up to the randomFactor to a wait", () => {
    const due = source(failing, { randomFactor: 0.5 }).save()[0]?.[2]
    expect(due).toBeGreaterThanOrEqual(100)
    expect(due).toBeLessThanOrEqual(150)
  })

  it("continues with the state and the timers of its source after hibernation", () => {
    const probe = source(() => Source.tick("1 second").map(String))
      .advance(1_400)
      .hibernate()
      .advance(600)
    // The first tick came before the demand.
    expect(probe.received).toEqual(["1", "2"])
  })

  it("requests elements of its source on demand only", () => {
    const probe = Probe.source(() => RestartSource.withBackoff(settings, () => Source.from(["a", "b"])))
    expect(probe.request(1).hibernate().received).toEqual(["a"])
    expect(probe.request(2).advance(100).received).toEqual(["a", "b", "a"])
  })

  it("fails at once with a failure that restartOn does not restart", () => {
    const asked: unknown[] = []
    const decide = (restarts: boolean) => ({
      restartOn: (failure: unknown) => {
        asked.push(failure)
        return restarts
      },
    })
    expect(source(failing, decide(false)).ended).toEqual(ended)
    expect(source(failing, decide(true)).advance(100).received).toEqual(["a", "a"])
    const completing = source(() => Source.single("a"), decide(false))
    expect(completing.advance(100).received).toEqual(["a", "a"])
    expect(flow(breaking, decide(false)).send(-1).ended).toEqual(ended)
    expect(asked).toEqual([error, error, error, error])
  })

  it("fails with the error of restartOn, or with a promise that it returns", () => {
    const thrown = new Error("restartOn")
    const throwing = () => {
      throw thrown
    }
    expect(source(failing, { restartOn: throwing }).ended).toEqual({ failed: thrown })
    const promising: RestartSettings["restartOn"] = () => Promise.resolve(true) as never
    expect(source(failing, { restartOn: promising }).ended).toMatchObject({ failed: { name: "TypeError" } })
  })

  it("fails when make throws", () => {
    expect(
      source(() => {
        throw error
      }).ended,
    ).toEqual(ended)
  })
})

describe("RestartSource.onFailuresWithBackoff", () => {
  it("makes the source anew when it fails, and completes with it", () => {
    let made = 0
    const make = () => (++made === 1 ? failing() : Source.single("b"))
    const probe = source(make, {}, RestartSource.onFailuresWithBackoff).advance(100)
    expect(probe.received).toEqual(["a", "b"])
    expect(probe.ended).toBe("completed")
  })
})
