import { describe, expect, it } from "vitest"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"

describe("fromPromise", () => {
  /** A source whose promises the test settles, in the order in which they were requested. */
  const deferred = () => {
    const asked: Record<"resolve" | "reject", (outcome: string) => void>[] = []
    const make = () => new Promise<string>((resolve, reject) => asked.push({ resolve, reject }))
    return { asked, probe: Probe.source(() => Source.fromPromise(make)) }
  }

  it("requests its promise on the first demand, and once", () => {
    const { asked, probe } = deferred()
    expect(asked.length).toBe(0)
    probe.request(1).request(1)
    expect(asked.length).toBe(1)
  })

  it("emits the value of the promise, then completes", async () => {
    const { asked, probe } = deferred()
    probe.request(1)
    expect(probe.ended).toBe(undefined)
    asked[0]?.resolve("late")
    await settled()
    expect(probe.received).toEqual(["late"])
    expect(probe.ended).toBe("completed")
  })

  it("takes a plain value for a promise of it", async () => {
    const probe = Probe.source(() => Source.fromPromise(() => undefined)).request(1)
    await settled()
    expect(probe.received).toEqual([undefined])
  })

  it("fails with the error of the promise", async () => {
    const { asked, probe } = deferred()
    probe.request(1)
    asked[0]?.reject("broken")
    await settled()
    expect(probe.ended).toEqual({ failed: "broken" })
  })

  it("fails with the error of its function", async () => {
    const thrower = () => {
      throw "broken"
    }
    const probe = Probe.source(() => Source.fromPromise(thrower)).request(1)
    await settled()
    expect(probe.ended).toEqual({ failed: "broken" })
  })

  it.each(["resolve", "reject"] as const)("ignores a late %s once downstream has cancelled", async (settle) => {
    const { asked, probe } = deferred()
    probe.request(1).cancel()
    asked[0]?.[settle]("late")
    await settled()
    expect(probe.received).toEqual([])
    expect(probe.ended).toBe(undefined)
  })

  it("requests a promise again if it hibernated before the promise was settled", async () => {
    const { asked, probe } = deferred()
    probe.request(1).hibernate()
    expect(asked.length).toBe(2)
    asked[0]?.resolve("of the instance that is gone")
    asked[1]?.resolve("again")
    await settled()
    expect(probe.received).toEqual(["again"])
    expect(probe.ended).toBe("completed")
  })

  it("requests none if it hibernated after the element was emitted", async () => {
    const { asked, probe } = deferred()
    probe.request(1)
    asked[0]?.resolve("once")
    await settled()
    probe.hibernate().request(1)
    expect(asked.length).toBe(1)
  })
})

describe("fromAsync", () => {
  /** Yields numbers from 1 to `last`, reports each one, and then runs `end`. */
  const counting = (last: number, end = () => {}) => {
    const log = { yielded: 0, cleaned: false }
    async function* numbers() {
      try {
        while (log.yielded < last) yield ++log.yielded
        end()
      } finally {
        log.cleaned = true
      }
    }
    return { log, probe: Probe.source(() => Source.fromAsync(numbers())) }
  }

  it("emits the elements and completes when the iterable ends", async () => {
    const { probe } = counting(3)
    probe.unbounded()
    await settled()
    expect(probe.received).toEqual([1, 2, 3])
    expect(probe.ended).toBe("completed")
  })

  it("requests one element at a time, and on demand only", async () => {
    const { log, probe } = counting(3)
    await settled()
    expect(log.yielded).toBe(0)
    probe.request(2)
    await settled()
    expect(log.yielded).toBe(2)
    expect(probe.received).toEqual([1, 2])
  })

  it("emits the elements before an error of its iterable, then fails with it", async () => {
    const { probe } = counting(2, () => {
      throw "broken"
    })
    probe.unbounded()
    await settled()
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: "broken" })
  })

  it("returns its iterator when downstream cancels", async () => {
    const { log, probe } = counting(3)
    probe.request(1)
    await settled()
    expect(log.cleaned).toBe(false)
    probe.cancel()
    await settled()
    expect(log.cleaned).toBe(true)
    expect(probe.ended).toBe(undefined)
  })

  it.each<[string, () => unknown]>([
    ["returns no promise", () => undefined],
    ["rejects", () => Promise.reject(new Error("unclean"))],
    [
      "throws",
      () => {
        throw new Error("unclean")
      },
    ],
  ])("ignores a clean-up that %s", async (_, cleanUp) => {
    const next = async () => ({ done: false, value: 1 })
    const iterable = { [Symbol.asyncIterator]: () => ({ next, return: cleanUp as never }) }
    const probe = Probe.source(() => Source.fromAsync<number>(iterable)).request(1)
    await settled()
    expect(() => probe.cancel()).not.toThrow()
    await settled()
    expect(probe.received).toEqual([1])
  })

  it("pins the object, and the error names the remedy", () => {
    const [step] = Source.fromAsync((async function* () {})()).chain
    expect(step?.hibernates).toBe("pinned")
    expect(step?.instead).toContain("onEviction")
  })
})
