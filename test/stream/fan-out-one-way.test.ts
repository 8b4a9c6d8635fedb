import { describe, expect, it } from "vitest"
import type { Branch } from "../../src/stream/flow.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const start = (fork: (flow: Flow<number, number>) => Flow<number, string>) => Probe.flow(() => fork(Flow.of<number>()))
const named = (name: string) => Flow.of<number>().map((n) => `${name}${n}`)
const slowly = (name: string) => Flow.of<number>().throttle(1, "1 second").via(named(name))
const ab = () => [named("a"), named("b")]

const operators = {
  partition: (branches: () => Branch<number, string>[]) => start((flow) => flow.partition((n) => n % 2, ...branches())),
  balance: (branches: () => Branch<number, string>[]) => start((flow) => flow.balance(...branches())),
}

describe("partition", () => {
  it("sends each element into the branch whose number choose returns", () => {
    expect(operators.partition(ab).unbounded().send(1, 2, 3).received).toEqual(["b1", "a2", "b3"])
  })

  it("backpressures when the branch that the element is for does", () => {
    const probe = operators
      .partition(() => [named("a"), slowly("b")])
      .unbounded()
      .send(1, 2, 3, 5)
    expect(probe.received).toEqual(["b1", "a2"])
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
  })

  it("drops elements for a branch that has cancelled", () => {
    const probe = operators.partition(() => [named("a").take(1), named("b")]).unbounded()
    expect(probe.send(2).hibernate().send(4, 3).received).toEqual(["a2", "b3"])
  })

  it("drops the element that waits for a branch when that cancels", () => {
    const brief = () => Flow.of<number>().takeWithin("1 second").initialDelay("2 seconds").via(named("a"))
    const probe = operators
      .partition(() => [brief(), named("b")])
      .unbounded()
      .send(2)
      .hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).send(1).received).toEqual(["b1"])
  })

  it.each([2, -1, Number.NaN])("fails both ways when choose returns %d, a branch that is not there", (index) => {
    const probe = Probe.flow(() => Flow.of<number>().partition(() => index, ...ab()))
      .unbounded()
      .send(1)
    expect(probe.ended).toEqual({ failed: expect.any(RangeError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(RangeError) })
  })

  it("keeps an element without demand of its branch while it hibernates, and chooses once for it", () => {
    let chosen = 0
    const choose = (n: number) => {
      chosen++
      return n % 2
    }
    const probe = Probe.flow(() => Flow.of<number>().partition(choose, named("a"), slowly("b")))
    probe.unbounded().send(1, 3, 5).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(2_000).received).toEqual(["b1", "b3", "b5"])
    expect(chosen).toBe(3)
  })

  it("completes when the element that waited for its branch was taken", () => {
    const probe = operators
      .partition(() => [named("a"), slowly("b")])
      .unbounded()
      .send(1, 3, 5)
      .complete()
    expect(probe.hibernate().advance(1_000).ended).toBe(undefined)
    expect(probe.advance(1_000).received).toEqual(["b1", "b3", "b5"])
    expect(probe.ended).toBe("completed")
  })
})

describe("balance", () => {
  it("sends each element into one of the branches, in turn", () => {
    expect(operators.balance(ab).unbounded().send(1, 2, 3).received).toEqual(["a1", "b2", "a3"])
  })

  it("skips a branch that is not ready", () => {
    const probe = operators
      .balance(() => [slowly("a"), named("b")])
      .unbounded()
      .send(1, 2, 3, 4, 5)
    expect(probe.received).toEqual(["a1", "b2", "b4", "b5"])
    expect(probe.advance(1_000).received).toContain("a3")
  })

  it("holds one element when all branches backpressure, for the first that is ready", () => {
    const probe = operators
      .balance(() => [slowly("a"), slowly("b")])
      .unbounded()
      .send(1, 2, 3, 4, 5)
    expect(probe.demand).toBe(false)
    probe.advance(1_000)
    expect(probe.demand).toBe(true)
    expect(probe.advance(1_000).received.toSorted()).toEqual(["a1", "a3", "a5", "b2", "b4"])
  })

  it("loses no element when the only branch that was ready ends", () => {
    const late = () => Flow.of<number>().initialDelay("2 seconds").via(named("b"))
    const probe = operators.balance(() => [named("a").takeWithin("1 second"), late()]).unbounded()
    probe.advance(1_000).send(1).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).received).toEqual(["b1"])
  })

  it("completes when the element that it holds was taken", () => {
    const probe = operators
      .balance(() => [slowly("a"), slowly("b")])
      .unbounded()
      .send(1, 2, 3, 4, 5)
      .complete()
    expect(probe.advance(1_000).ended).toBe(undefined)
    expect(probe.advance(1_000).ended).toBe("completed")
    expect(probe.received).toHaveLength(5)
  })

  it("keeps the turn while it hibernates", () => {
    const probe = operators.balance(ab).unbounded().send(1).hibernate().send(2).hibernate().send(3)
    expect(probe.received).toEqual(["a1", "b2", "a3"])
  })
})
