import { describe, expect, it } from "vitest"
import { StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"

/** Cases of Pekko's specs of recovering from errors that the other tests do not have. */

const error = new Error("broken")
const other = new Error("worse")
const all = <T>(source: Source<T>) => source.runWith(Sink.toArray())

/** Emits the elements before the last one, and fails in its place. */
const failing = (elements: readonly number[], thrown: unknown = error) =>
  Source.from(elements).map((n) => {
    if (n === elements.at(-1)) throw thrown
    return n
  })

/** The function of a `recoverWith` that returns `failure` until its call number `last`, and then `rescue`. */
function counted(last: number, failure: (call: number) => Source<number>, rescue: () => Source<number> | undefined) {
  const counter = { calls: 0 }
  const f = () => (++counter.calls < last ? failure(counter.calls) : rescue())
  return { counter, f }
}

const failed = () => Source.failed<number>(error)
const rejected = () => Source.fromPromise(() => Promise.reject<number>(error))

describe.each<[string, (call: number) => Source<number>]>([
  ["failed sources", failed],
  ["rejected promises", rejected],
  ["failed sources and rejected promises in turn", (call) => (call % 2 === 1 ? failed() : rejected())],
])("recoverWith after %s", (_, failure) => {
  it.each<[string, () => Source<number>, number[]]>([
    ["one element", () => Source.single(99), [99]],
    ["several elements", () => Source.from([10, 20]), [10, 20]],
    ["the elements of an iterable", () => Source.from(new Set([1, 2])), [1, 2]],
    ["a range", () => Source.range(1, 3), [1, 2, 3]],
    ["a promise", () => Source.fromPromise(async () => 77), [77]],
    ["an endless source", () => Source.repeat(42).take(3), [42, 42, 42]],
    ["no element", () => Source.empty(), []],
  ])("continues with %s", async (_, rescue, elements) => {
    const { counter, f } = counted(3, failure, rescue)
    expect(await all(failed().recoverWith(f))).toEqual(elements)
    expect(counter.calls).toBe(3)
  })

  it("tries again without a limit by default", async () => {
    const { counter, f } = counted(1_000, failure, () => Source.single(101))
    expect(await all(failed().recoverWith(f))).toEqual([101])
    expect(counter.calls).toBe(1_000)
  })

  it("counts each of them as an attempt", async () => {
    const success = counted(5, failure, () => Source.single(42))
    expect(await all(failed().recoverWith(success.f, { attempts: 5 }))).toEqual([42])
    for (const attempts of [1, 3]) {
      const { counter, f } = counted(Infinity, failure, () => undefined)
      await expect(all(failed().recoverWith(f, { attempts }))).rejects.toBe(error)
      expect(counter.calls).toBe(attempts)
    }
  })

  it("fails with the last error when f returns undefined", async () => {
    const { counter, f } = counted(4, failure, () => undefined)
    await expect(all(failed().recoverWith(f))).rejects.toBe(error)
    expect(counter.calls).toBe(4)
  })
})

describe("recoverWith", () => {
  it("emits the elements of each attempt before the error of the last", () => {
    const again = () => failing([11, 22, 33])
    const probe = Probe.source(() => failing([1, 2, 3]).recoverWith(again, { attempts: 3 })).unbounded()
    expect(probe.received).toEqual([1, 2, 11, 22, 11, 22, 11, 22])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("emits the elements before an error that it may not recover from", () => {
    const probe = Probe.source(() => failing([1, 2, 3]).recoverWith(() => Source.single(7), { attempts: 0 }))
    expect(probe.unbounded().received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: error })
  })

  it("runs one source again and again, on demand, hibernating or not", () => {
    const source = failing([1, 2, 3])
    const probe = Probe.source(() => source.recoverWith(() => source))
    for (const runs of [1, 2, 3]) {
      probe.request(1).hibernate().request(1).hibernate()
      expect(probe.received).toEqual(Array.from({ length: runs }, () => [1, 2]).flat())
    }
    expect(probe.cancel().ended).toBe(undefined)
  })

  it("gets each error, and may return undefined for one of a replacement", () => {
    const errors: unknown[] = []
    const start = (last: Source<number> | undefined) =>
      Probe.source(() =>
        failing([1, 2, 3]).recoverWith((thrown) => {
          errors.push(thrown)
          return thrown === error ? failing([11, 22], other) : last
        }),
      ).unbounded()
    const replaced = start(Source.from([33, 44]))
    expect(replaced.received).toEqual([1, 2, 11, 33, 44])
    expect(replaced.ended).toBe("completed")
    expect(errors).toEqual([error, other])
    const ended = start(undefined)
    expect(ended.received).toEqual([1, 2, 11])
    expect(ended.ended).toEqual({ failed: other })
  })

  it("fails with a source that cannot be started", async () => {
    const once = Source.maybe<number>()
    void once.source.runWith(Sink.ignore())
    const recovered = failed().recoverWith(() => once.source, { attempts: 1 })
    await expect(all(recovered)).rejects.toThrow("A Source.maybe runs once")
  })

  it("waits for a promise, and requests it again after hibernation", async () => {
    const settle: ((n: number) => void)[] = []
    const promise = () => Source.fromPromise(() => new Promise<number>((resolve) => settle.push(resolve)))
    const probe = Probe.source(() => failed().recoverWith(promise)).request(1)
    await settled()
    expect(probe.hibernate().received).toEqual([])
    settle.at(-1)?.(42)
    await settled()
    expect(probe.received).toEqual([42])
    expect(probe.ended).toBe("completed")
  })
})

describe("recoverWith to an empty source, Pekko's onErrorComplete", () => {
  const completing = (applies: (thrown: unknown) => boolean) =>
    Flow.of<number>().recoverWith((thrown) => (applies(thrown) ? Source.empty() : undefined))

  it("completes at once, without demand", () => {
    expect(Probe.flow(() => completing(() => true)).fail(error).ended).toBe("completed")
  })

  it("completes for the errors of a class only", () => {
    const start = () => Probe.flow(() => completing((thrown) => thrown instanceof StreamTimeoutError)).unbounded()
    expect(start().send(1).fail(new StreamTimeoutError("late")).ended).toBe("completed")
    expect(start().send(1).fail(error).ended).toEqual({ failed: error })
  })

  it("keeps the elements before an iterator that throws", async () => {
    const broken = (elements: number[]): Iterable<number> => ({
      *[Symbol.iterator]() {
        yield* elements
        throw error
      },
    })
    const grouped = (elements: number[]) =>
      Source.from(broken(elements))
        .via(completing(() => true))
        .grouped(10)
    expect(await grouped([1, 2]).runWith(Sink.head())).toEqual([1, 2])
    expect(await grouped([]).runWith(Sink.headOption())).toBe(undefined)
  })
})
