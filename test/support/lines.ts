import { expect, it } from "vitest"
import type { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

type Make = () => Flow<number, unknown>

/** The tests of every operator that ends when its neighbours end. */
export function endsWithItsNeighbours(make: Make): void {
  it("completes when upstream completes", () => {
    const probe = Probe.flow(make).unbounded()
    expect(probe.ended).toBe(undefined)
    expect(probe.complete().ended).toBe("completed")
  })

  it("fails when upstream fails", () => {
    const error = new Error("above")
    expect(Probe.flow(make).unbounded().fail(error).ended).toEqual({ failed: error })
  })

  it("cancels when downstream cancels, with its cause", () => {
    const cause = new Error("below")
    expect(Probe.flow(make).unbounded().cancel().cancelled).toBe(true)
    expect(Probe.flow(make).unbounded().cancel(cause).cancelled).toEqual({ cause })
  })
}

/** The test of every operator that passes on the demand from downstream; `element` is one that it forwards. */
export function backpressuresWithDownstream(make: Make, element = 1): void {
  it("backpressures when downstream backpressures", () => {
    const probe = Probe.flow(make)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
    expect(probe.send(element).demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })
}

/** The test of every operator without state: it saves nothing. */
export function keepsNothing(make: Make): void {
  it("keeps nothing while it hibernates", () => {
    const probe = Probe.flow(make).unbounded().send(1, 2)
    expect(probe.save()).toEqual([])
    expect(probe.changes).toBe(0)
  })
}

/** An error thrown by an author's function ends the stream on both sides. */
export function failsWithWhatIsThrown(make: (thrower: () => never) => Flow<number, unknown>): void {
  it("fails with the error of its function, and cancels with that as the cause", () => {
    const error = new Error("thrown")
    const thrower = () => {
      throw error
    }
    const probe = Probe.flow(() => make(thrower))
      .unbounded()
      .send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.demand).toBe(false)
  })
}
