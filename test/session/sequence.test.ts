import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { FrameError } from "../../src/session/frame.ts"
import { lengthOf, type Part } from "../../src/session/part.ts"
import { encodeParts } from "../../src/session/saved-parts.ts"
import { defaultWindow, Tail } from "../../src/session/sequence.ts"

describe("a tail", () => {
  it("numbers messages from 1", () => {
    const tail = new Tail()
    for (const message of ["a", "b", "c"]) tail.push(message)
    expect([tail.sent, tail.acknowledged]).toEqual([3, 0])
    expect(tail.after(0)).toEqual(["a", "b", "c"])
    expect(tail.after(2)).toEqual(["c"])
    expect(tail.after(3)).toEqual([])
  })

  it("removes acknowledged messages", () => {
    const tail = new Tail(defaultWindow, 10)
    for (const message of ["a", "b", "c"]) tail.push(message)
    expect(tail.acknowledge(12)).toBe(2)
    expect(tail.acknowledge(12)).toBe(0)
    expect([tail.after(12), tail.after(0)]).toEqual([["c"], ["c"]])
    expect(tail.sent).toBe(13)
  })

  it.each([9, 14])("refuses an acknowledgement of message %i of 11 to 13", (number) => {
    const tail = new Tail(defaultWindow, 10)
    for (const message of ["a", "b", "c"]) tail.push(message)
    expect(tail.canResumeAfter(number)).toBe(false)
    expect(() => tail.acknowledge(number)).toThrow(FrameError)
    expect(tail.after(10)).toEqual(["a", "b", "c"])
  })

  it("has no room from its window on, and keeps further messages all the same", () => {
    const tail = new Tail(20)
    tail.push("12")
    expect(tail.hasRoom).toBe(true)
    tail.push(new Uint8Array(2))
    expect([tail.bytes, tail.hasRoom]).toEqual([20, false])
    tail.push("x")
    expect(tail.hasRoom).toBe(false)
    expect(tail.after(2)).toEqual(["x"])
    tail.acknowledge(2)
    expect([tail.bytes, tail.hasRoom]).toEqual([9, true])
  })

  it("keeps the numbers of a hub's elements, and no bytes of them", () => {
    const tail = new Tail(12)
    const elements = (from: number, count: number) => ({ hub: "news", from, count })
    tail.push("a")
    for (const number of [4, 5, 6]) tail.push(elements(number, 1))
    tail.push("b")
    tail.push(elements(8, 1))
    expect(tail.after(0)).toEqual(["a", elements(4, 3), "b", elements(8, 1)])
    expect(tail.after(2)).toEqual([elements(5, 2), "b", elements(8, 1)])
    expect([tail.sent, tail.bytes, tail.own, tail.hasRoom]).toEqual([6, 18, 2, false])
    tail.acknowledge(3)
    expect([tail.after(0), tail.bytes, tail.own]).toEqual([[elements(6, 1), "b", elements(8, 1)], 9, 1])
    tail.takeElements(({ from }) => from === 9)
    expect(tail.sent).toBe(6)
    tail.takeElements(({ from }) => from === 8)
    expect([tail.sent, tail.after(0)]).toEqual([5, [elements(6, 1), "b"]])
    tail.truncate(4)
    expect([tail.sent, tail.bytes, tail.own, tail.after(0)]).toEqual([4, 0, 0, [elements(6, 1)]])
  })

  it("counts empty messages", () => {
    const tail = new Tail(24)
    const hasRoom = ["", "", ""].map((message) => {
      tail.push(message)
      return tail.hasRoom
    })
    expect(hasRoom).toEqual([true, true, false])
  })

  it("is stored as its parts, whatever has happened to it between two records", () => {
    const part: fc.Arbitrary<Part> = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 4 }),
      fc.record({ hub: fc.constantFrom("a", "b:1"), from: fc.nat(3), count: fc.nat(3) }),
    )
    const step: fc.Arbitrary<(tail: Tail) => void> = fc.oneof(
      part.map((part) => (tail: Tail) => void tail.push(part)),
      fc.nat(3).map((n) => (tail: Tail) => void tail.acknowledge(Math.min(tail.sent, tail.acknowledged + n))),
      fc.nat(3).map((n) => (tail: Tail) => tail.truncate(Math.max(tail.acknowledged, tail.sent - n))),
      fc.constant((tail: Tail) => tail.takeElements(() => true)),
      fc.constant((tail: Tail) => void tail.save()),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const tail = new Tail()
        for (const step of steps) step(tail)
        expect(tail.save()).toBe(encodeParts(tail.after(0)))
        expect(tail.after(0).reduce((sum, part) => sum + lengthOf(part), 0)).toBe(tail.sent - tail.acknowledged)
      }),
    )
  })
})
