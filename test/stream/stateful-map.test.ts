import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")

/** Emits each element with the sum of those before it; at the end the whole sum. Counts how often the end is reached. */
function summed(atEnd: (sum: number) => [number, number] | undefined = (sum) => [sum, -1]) {
  const ends: number[] = []
  const make = () =>
    Flow.of<number>().statefulMap<number, [number, number]>(
      () => 0,
      (sum, n) => {
        if (n === 13) throw error
        return [sum + n, [sum, n]]
      },
      (sum) => {
        ends.push(sum)
        return atEnd(sum)
      },
    )
  return { ends, make, probe: Probe.flow(make) }
}

describe("the atEnd of statefulMap (fault 15) is called once", () => {
  it("when upstream completes, and its result comes last", () => {
    const { ends, probe } = summed()
    probe.unbounded().send(1, 2).complete()
    expect(probe.received.at(-1)).toEqual([3, -1])
    expect(probe.ended).toBe("completed")
    expect(ends).toEqual([3])
  })

  it("when upstream fails, and its result comes before the failure", () => {
    const { ends, probe } = summed()
    probe.unbounded().send(1, 2).fail(error)
    expect(probe.received.at(-1)).toEqual([3, -1])
    expect(probe.ended).toEqual({ failed: error })
    expect(ends).toEqual([3])
  })

  it("when upstream fails, and nothing is emitted if it returns undefined", () => {
    const { ends, probe } = summed(() => undefined)
    probe.unbounded().send(1).fail(error)
    expect(probe.received).toEqual([[0, 1]])
    expect(probe.ended).toEqual({ failed: error })
    expect(ends).toEqual([1])
  })

  it("when f throws, with the state before it, and upstream is cancelled", () => {
    const { ends, probe } = summed()
    probe.unbounded().send(1, 13)
    expect(probe.received).toEqual([
      [0, 1],
      [1, -1],
    ])
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(ends).toEqual([1])
  })

  it.each([undefined, error])("when downstream cancels because of %s, and its result is ignored", (cause) => {
    const { ends, probe } = summed()
    probe.unbounded().send(1).cancel(cause)
    expect(probe.received).toEqual([[0, 1]])
    expect(probe.cancelled).toEqual(cause ? { cause } : true)
    expect(ends).toEqual([1])
  })

  it("when downstream ends with an element, or cancels at once", async () => {
    const { ends, make } = summed()
    await Source.range(1, 9).via(make()).take(2).runWith(Sink.ignore())
    await Source.range(1, 9).via(make()).take(0).runWith(Sink.ignore())
    await Source.range(1, 9).via(make()).runWith(Sink.cancelled())
    expect(ends).toEqual([3, 0, 0])
  })

  it("for an empty stream, too", () => {
    const { ends, probe } = summed()
    expect(probe.unbounded().complete().received).toEqual([[0, -1]])
    expect(ends).toEqual([0])
  })

  it("and not again for a last element that still waits when downstream cancels", () => {
    const { ends, probe } = summed()
    probe.complete().cancel()
    expect(ends).toEqual([0])
    expect(probe.received).toEqual([])
  })

  it("and its error becomes the failure", () => {
    const boom = new Error("boom")
    const throwing = () =>
      summed(() => {
        throw boom
      })
    const [completed, failed, thrown, cancelled] = [throwing(), throwing(), throwing(), throwing()]
    expect(completed.probe.unbounded().complete().ended).toEqual({ failed: boom })
    expect(failed.probe.unbounded().fail(error).ended).toEqual({ failed: boom })
    expect(thrown.probe.unbounded().send(13).ended).toEqual({ failed: boom })
    expect(cancelled.probe.unbounded().cancel().cancelled).toEqual({ cause: boom })
    for (const { ends } of [completed, failed, thrown, cancelled]) expect(ends).toEqual([0])
  })

  it("not on hibernation", () => {
    const { ends, probe } = summed()
    probe.unbounded().send(1).hibernate().send(2).hibernate()
    expect(ends).toEqual([])
    expect(probe.complete().hibernate().received.at(-1)).toEqual([3, -1])
    expect(ends).toEqual([3])
  })

  it.each(["failed", "thrown"])("and its element waits for demand before the error, hibernating or not: %s", (how) => {
    const { ends, probe } = summed()
    probe.request(1).send(1)
    if (how === "failed") probe.fail(error)
    else probe.request(1).send(13).hibernate()
    if (how === "failed") expect(probe.ended).toBe(undefined)
    probe.hibernate().request(1)
    expect(probe.received).toEqual([
      [0, 1],
      [1, -1],
    ])
    expect(probe.ended).toMatchObject({ failed: { message: "broken" } })
    expect(ends).toEqual([1])
  })
})

describe("the state of statefulMap", () => {
  it("is created once for each run, when it starts", () => {
    let created = 0
    const make = () =>
      Flow.of<number>().statefulMap(
        () => ++created,
        (state, n) => [state, n],
      )
    const probe = Probe.flow(make)
    expect(created).toBe(1)
    probe.unbounded().send(1, 2)
    expect(created).toBe(1)
  })

  it("is all that is kept, and is not created again for an ended stream", () => {
    let created = 0
    const make = () =>
      Flow.of<number>().statefulMap(
        () => ++created,
        (state, n) => [state + n, n],
      )
    const probe = Probe.flow(make).unbounded().send(1)
    expect(probe.save()).toEqual([[1, 0, undefined, [2]]])
    probe.hibernate().complete().hibernate()
    expect(created).toBe(1)
  })

  it("fails the stream if it cannot be created, and then atEnd is not called", () => {
    const ends: unknown[] = []
    const make = () =>
      Flow.of<number>().statefulMap<number, number>(
        () => {
          throw error
        },
        (state, n) => [state, n],
        (state) => void ends.push(state),
      )
    const probe = Probe.flow(make)
    expect(probe.ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(ends).toEqual([])
  })

  it("fails the stream of a statefulMapConcat in the same way", () => {
    const make = () =>
      Flow.of<number>().statefulMapConcat<number, number>(
        () => {
          throw error
        },
        (state, n) => [state, [n]],
      )
    expect(Probe.flow(make).ended).toEqual({ failed: error })
  })
})
