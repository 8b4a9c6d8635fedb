import { describe, expect, it } from "vitest"
import type { Branch } from "../../src/stream/flow.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
type Branches = () => Branch<number, string>[]

const operators = {
  broadcast: (branches: Branches) => Probe.flow(() => Flow.of<number>().broadcast(...branches())),
  partition: (branches: Branches) => Probe.flow(() => Flow.of<number>().partition((n) => n % 2, ...branches())),
  balance: (branches: Branches) => Probe.flow(() => Flow.of<number>().balance(...branches())),
}

const named = (name: string) => Flow.of<number>().map((n) => `${name}${n}`)
const slowly = (name: string) => Flow.of<number>().throttle(1, "1 second").via(named(name))
const failing = () =>
  Flow.of<number>().map((n): string => {
    if (n > 2) throw error
    return `${n}`
  })
const ab = () => [named("a"), named("b")]

describe.each(Object.entries(operators))("%s", (name, start) => {
  it("completes when every branch has completed", () => {
    const probe = start(() => [named("a"), slowly("b")])
      .unbounded()
      .send(1, 3)
      .complete()
    const isWaiting = name !== "balance"
    expect(probe.ended).toBe(isWaiting ? undefined : "completed")
    expect(probe.hibernate().advance(1_000).ended).toBe("completed")
    expect(probe.received).toContain(name === "balance" ? "a1" : "b3")
  })

  it("cancels when downstream cancels", () => {
    expect(start(ab).unbounded().cancel(error).cancelled).toEqual({ cause: error })
  })

  it("cancels when every branch has cancelled", () => {
    const probe = start(() => [named("a").take(1), named("b").take(1)])
      .unbounded()
      .send(1)
    expect(probe.hibernate().cancelled).toBe(name === "broadcast" ? true : undefined)
    if (name !== "broadcast") probe.send(2)
    expect(probe.cancelled).toBe(true)
    expect(probe.ended).toBe("completed")
  })

  it("fails as upstream does", () => {
    expect(start(ab).unbounded().fail(error).ended).toEqual({ failed: error })
  })

  it("fails the whole stream when a branch fails, and cancels with the cause", () => {
    const probe = start(() => [failing(), failing()])
      .unbounded()
      .send(1)
    expect(probe.ended).toBe(undefined)
    probe.send(3)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("fails the whole stream when a sink among the branches fails", () => {
    const sink = Sink.forEach<number>(() => {
      throw error
    })
    const probe = start(() => [named("a"), sink])
      .unbounded()
      .send(1)
    if (probe.demand) probe.send(1)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("takes functions for branches, beside flows and sinks (fault 37)", () => {
    const seen: number[] = []
    const probe = start(() => [
      (all) => all.map((n) => `f${n}`),
      named("a"),
      (all) => all.filter((n) => n < 0).to(Sink.forEach((n) => seen.push(n))),
    ])
    probe.unbounded().send(2)
    if (name === "broadcast") expect(probe.received).toEqual(["f2", "a2"])
    else expect(probe.received).toEqual(["f2"])
    expect(probe.hibernate().complete().ended).toBe("completed")
  })

  it("calls a function for a branch once, when the flow is made, with the flow that does nothing (fault 37)", () => {
    const given: Flow<number, number>[] = []
    const flows: Flow<number, string>[] = []
    const flow = Flow.of<number>().map((n) => n * 10)
    const branch = (all: Flow<number, number>) => {
      given.push(all)
      return all.map(String)
    }
    if (name === "broadcast") flows.push(flow.broadcast(branch))
    if (name === "partition") flows.push(flow.partition(() => 0, branch))
    if (name === "balance") flows.push(flow.balance(branch))
    expect(given.map(({ chain }) => chain)).toEqual([[]])
    for (const made of flows) {
      // The stages before the fork do not run again in the branch.
      const probe = Probe.flow(() => made)
      expect(probe.unbounded().send(1).hibernate().send(2).received).toEqual(["10", "20"])
    }
    expect(given.length).toBe(1)
  })

  it.each([
    [[() => undefined], "what branch 0 returned is undefined: write a flow, or a sink"],
    [
      [Flow.of<number>(), () => Source.empty()],
      "what branch 1 returned is an instance of Source: write a flow, or a sink",
    ],
    [[async () => Flow.of<number>()], "what branch 0 returned is a promise"],
    [[Source.empty()], "branch 0 is an instance of Source: write a flow, or a sink"],
    [[undefined], "branch 0 is undefined"],
    [[], "every branch is a sink"],
  ])("refuses %#, which is no branch (part I)", (branches, message) => {
    const others = branches as never[]
    const making = {
      broadcast: () => Flow.of<number>().broadcast(...others),
      partition: () => Flow.of<number>().partition(() => 0, ...others),
      balance: () => Flow.of<number>().balance(...others),
    }
    expect(making[name as keyof typeof making]).toThrow(`${name}: ${message}`)
  })

  it("names the remedy for sinks alone", () => {
    expect(() => start(() => [Sink.ignore(), Sink.ignore()])).toThrow("Use alsoTo or divertTo for sinks")
  })
})

describe("broadcast", () => {
  it("sends every element into each branch", () => {
    expect(operators.broadcast(ab).unbounded().send(1, 2).received).toEqual(["a1", "b1", "a2", "b2"])
  })

  it("backpressures when one of the branches does", () => {
    const probe = operators
      .broadcast(() => [named("a"), slowly("b")])
      .unbounded()
      .send(1, 2)
    expect(probe.demand).toBe(false)
    expect(probe.advance(1_000).demand).toBe(true)
    expect(probe.received).toEqual(["a1", "b1", "a2", "b2"])
  })

  it("backpressures when downstream does, with an element of each branch waiting", () => {
    const probe = operators.broadcast(ab).send(1)
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("continues with the others when one branch has cancelled", () => {
    const probe = operators.broadcast(() => [named("a").take(1), named("b")]).unbounded()
    expect(probe.send(1).hibernate().send(2).received).toEqual(["a1", "b1", "b2"])
  })

  it("needs no output from each branch", () => {
    const seen: number[] = []
    const probe = operators.broadcast(() => [Sink.forEach((n) => void seen.push(n)), named("b")])
    expect(probe.unbounded().send(1).received).toEqual(["b1"])
    expect(seen).toEqual([1])
  })

  it("keeps waiting elements in its branches while it hibernates in the middle", () => {
    const probe = operators.broadcast(ab).send(1).hibernate()
    expect(probe.demand).toBe(false)
    expect(probe.request(1).hibernate().request(1).send(2).hibernate().unbounded().received).toEqual([
      "a1",
      "b1",
      "a2",
      "b2",
    ])
  })
})
