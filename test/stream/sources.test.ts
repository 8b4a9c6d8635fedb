import { describe, expect, it } from "vitest"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

/** Yields its elements and then throws, or throws the error of `cleanUp` if it is returned early. */
const broken = (elements: number[], cleanUp = () => {}): Iterable<number> => ({
  *[Symbol.iterator]() {
    try {
      yield* elements
    } finally {
      cleanUp()
    }
    throw "broken"
  },
})

const finite: [string, () => Source<unknown>, unknown[]][] = [
  ["empty", () => Source.empty(), []],
  ["single", () => Source.single(7), [7]],
  ["single of undefined", () => Source.single(undefined), [undefined]],
  ["from an array", () => Source.from(["a", "b", "c"]), ["a", "b", "c"]],
  ["from an array with undefined in it", () => Source.from([undefined, 1]), [undefined, 1]],
  ["from no elements", () => Source.from([]), []],
  ["from a Set", () => Source.from(new Set([1, 2, 1])), [1, 2]],
  ["from an empty Set", () => Source.from(new Set()), []],
  ["from a string", () => Source.from("abc"), ["a", "b", "c"]],
  ["range", () => Source.range(1, 4), [1, 2, 3, 4]],
  ["range with a step", () => Source.range(0, 5, 2), [0, 2, 4]],
  ["range downwards", () => Source.range(3, 1, -1), [3, 2, 1]],
  ["range of nothing", () => Source.range(1, 0), []],
  ["cycle of nothing", () => Source.cycle([]), []],
]

describe.each(finite)("%s", (_, make, elements) => {
  it("emits its elements and completes with the last", () => {
    const probe = Probe.source(make).request(elements.length)
    expect(probe.received).toEqual(elements)
    expect(probe.ended).toBe("completed")
  })

  it("emits no more than the demand", () => {
    const probe = Probe.source(make)
    expect(probe.received).toEqual([])
    expect(probe.request(1).received).toEqual(elements.slice(0, 1))
  })

  it("emits nothing after downstream has cancelled", () => {
    expect(Probe.source(make).request(1).cancel().unbounded().received).toEqual(elements.slice(0, 1))
  })

  it("continues at its position after every hibernation", () => {
    const probe = Probe.source(make)
    for (const _ of elements) probe.hibernate().request(1)
    expect(probe.received).toEqual(elements)
    expect(probe.ended).toBe("completed")
  })

  it("ends once only, for any events after its end", () => {
    const probe = Probe.source(make).unbounded()
    probe.ended = undefined
    probe.hibernate().request(1)
    expect(probe.received).toEqual(elements)
    expect(probe.ended).toBe(undefined)
  })
})

describe("from", () => {
  it("iterates anew in every run", async () => {
    const source = Source.from(new Set([1, 2]))
    expect(await source.runWith(Sink.toArray())).toEqual([1, 2])
    expect(await source.runWith(Sink.toArray())).toEqual([1, 2])
  })

  it("pins the object for a generator object only, which is over after one run", () => {
    const generator = [1, 2].values()
    const hibernates = ({ chain }: Source<unknown>) => chain.map((step) => step.hibernates)
    expect(hibernates(Source.from(generator))).toEqual(["pinned"])
    expect(hibernates(Source.from(new Set()))).toEqual(["keeps"])
    expect(Probe.source(() => Source.from(generator)).unbounded().received).toEqual([1, 2])
  })

  it("emits the elements before an error of its iterable, then fails with it", () => {
    const probe = Probe.source(() => Source.from(broken([1, 2]))).request(1)
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: "broken" })
  })

  it("emits the elements before an error after hibernation, too", () => {
    const probe = Probe.source(() => Source.from(broken([1, 2]))).request(1)
    expect(probe.hibernate().request(1).received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: "broken" })
  })

  it("fails at once with the error of an iterable that has no element", () => {
    expect(Probe.source(() => Source.from(broken([]))).ended).toEqual({ failed: "broken" })
  })

  it("returns its iterator when downstream cancels, and ignores its errors", () => {
    let cleaned = 0
    const cleanUp = () => {
      cleaned++
      throw "not clean"
    }
    const probe = Probe.source(() => Source.from(broken([1, 2, 3], cleanUp))).request(1)
    expect(cleaned).toBe(0)
    probe.cancel()
    expect(cleaned).toBe(1)
    expect(probe.ended).toBe(undefined)
  })
})

describe("range", () => {
  it.each([0, Number.NaN])("takes no %d for a step", (step) => {
    expect(() => Source.range(1, 2, step)).toThrow(RangeError)
  })
})

describe("never", () => {
  it("neither emits nor ends, and has nothing to keep", () => {
    const probe = Probe.source(() => Source.never()).unbounded()
    expect(probe.save()).toEqual([])
    expect(probe.hibernate().received).toEqual([])
    expect(probe.ended).toBe(undefined)
  })
})

describe("repeat", () => {
  it("emits the same element for each demand, and keeps no state", () => {
    const probe = Probe.source(() => Source.repeat("a")).request(2)
    expect(probe.save()).toEqual([])
    expect(probe.hibernate().request(1).received).toEqual(["a", "a", "a"])
    expect(probe.ended).toBe(undefined)
  })
})

describe("cycle", () => {
  it("emits its elements over and over, and continues at its position after hibernation", () => {
    const probe = Probe.source(() => Source.cycle([1, 2, 3])).request(4)
    expect(probe.hibernate().request(3).received).toEqual([1, 2, 3, 1, 2, 3, 1])
    expect(probe.ended).toBe(undefined)
  })
})

describe("unfold", () => {
  const powers = () => Source.unfold(1, (n) => (n < 8 ? [n * 2, n] : undefined))

  it("emits elements until its function returns undefined, and then completes", () => {
    const probe = Probe.source(powers).request(3)
    expect(probe.received).toEqual([1, 2, 4])
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).ended).toBe("completed")
  })

  it("calls its function on demand only", () => {
    let calls = 0
    const probe = Probe.source(() => Source.unfold(0, (n) => [n, calls++]))
    expect(calls).toBe(0)
    expect(probe.request(2).received).toEqual([0, 1])
    expect(calls).toBe(2)
  })

  it("fails with the error of its function", () => {
    const thrower = () => {
      throw "broken"
    }
    expect(Probe.source(() => Source.unfold(0, thrower)).request(1).ended).toEqual({ failed: "broken" })
  })

  it("keeps the state while it hibernates", () => {
    const probe = Probe.source(powers).request(1).hibernate().request(1).hibernate().unbounded()
    expect(probe.received).toEqual([1, 2, 4])
    expect(probe.ended).toBe("completed")
  })
})

describe("failed", () => {
  it("fails at once, without demand, and once only", () => {
    const probe = Probe.source(() => Source.failed("broken"))
    expect(probe.ended).toEqual({ failed: "broken" })
    probe.ended = undefined
    expect(probe.hibernate().ended).toBe(undefined)
  })
})
