import { describe, expect, it } from "vitest"
import { StreamLimitError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import {
  backpressuresWithDownstream,
  endsWithItsNeighbours,
  failsWithWhatIsThrown,
  keepsNothing,
} from "../support/lines.ts"

const small = (n: number) => n < 3

describe("take", () => {
  const take = (count: number) => () => Flow.of<number>().take(count)

  it("completes and cancels with the last of count elements", () => {
    const probe = Probe.flow(take(2)).unbounded().send(1)
    expect([probe.ended, probe.cancelled]).toEqual([undefined, undefined])
    probe.send(2)
    expect(probe.received).toEqual([1, 2])
    expect([probe.ended, probe.cancelled]).toEqual(["completed", true])
  })

  it.each([0, -1])("completes at once when it takes %d elements", (count) => {
    const probe = Probe.flow(take(count))
    expect([probe.ended, probe.cancelled]).toEqual(["completed", true])
  })

  it("ends a stream that would not end by itself", () => {
    const probe = Probe.source(() => Source.repeat("a").take(3)).unbounded()
    expect(probe.received).toEqual(["a", "a", "a"])
    expect(probe.ended).toBe("completed")
  })

  it("keeps the count while it hibernates", () => {
    const probe = Probe.flow(take(3)).unbounded().send(1).hibernate().send(2).hibernate()
    expect(probe.ended).toBe(undefined)
    expect(probe.send(3).ended).toBe("completed")
  })

  backpressuresWithDownstream(take(3))
  endsWithItsNeighbours(take(3))
})

describe("takeWhile", () => {
  const whileSmall = (options?: { inclusive: boolean }) => () => Flow.of<number>().takeWhile(small, options)

  it("completes and cancels at the first element for which the predicate does not hold", () => {
    const probe = Probe.flow(whileSmall()).unbounded().send(1, 2)
    expect(probe.ended).toBe(undefined)
    probe.send(3)
    expect(probe.received).toEqual([1, 2])
    expect([probe.ended, probe.cancelled]).toEqual(["completed", true])
  })

  it("emits that element too when it is inclusive", () => {
    const probe = Probe.flow(whileSmall({ inclusive: true }))
      .unbounded()
      .send(1, 3)
    expect(probe.received).toEqual([1, 3])
    expect([probe.ended, probe.cancelled]).toEqual(["completed", true])
  })

  backpressuresWithDownstream(whileSmall())
  endsWithItsNeighbours(whileSmall())
  keepsNothing(whileSmall())
  failsWithWhatIsThrown((thrower) => Flow.of<number>().takeWhile(thrower))
})

describe("drop", () => {
  const drop = (count: number) => () => Flow.of<number>().drop(count)

  it("emits all but the first count elements", () => {
    expect(Probe.flow(drop(2)).unbounded().send(1, 2, 3, 4).received).toEqual([3, 4])
  })

  it.each([0, -1])("drops nothing when it drops %d elements", (count) => {
    expect(Probe.flow(drop(count)).unbounded().send(1).received).toEqual([1])
  })

  it("requests another element after one that it dropped", () => {
    expect(Probe.flow(drop(2)).request(1).send(1, 2).demand).toBe(true)
  })

  it("keeps the count while it hibernates", () => {
    const probe = Probe.flow(drop(2)).unbounded().send(1).hibernate().send(2, 3).hibernate().send(4)
    expect(probe.received).toEqual([3, 4])
  })

  backpressuresWithDownstream(drop(0))
  endsWithItsNeighbours(drop(2))
})

describe("dropWhile", () => {
  const whileSmall = () => Flow.of<number>().dropWhile(small)

  it("emits from the first element for which the predicate does not hold", () => {
    expect(Probe.flow(whileSmall).unbounded().send(1, 2, 3, 1).received).toEqual([3, 1])
  })

  it("requests another element after one that it dropped", () => {
    expect(Probe.flow(whileSmall).request(1).send(1, 2).demand).toBe(true)
  })

  it("keeps whether it still drops while it hibernates", () => {
    const probe = Probe.flow(whileSmall).unbounded().send(1).hibernate().send(2, 3).hibernate().send(1)
    expect(probe.received).toEqual([3, 1])
  })

  backpressuresWithDownstream(whileSmall, 3)
  endsWithItsNeighbours(whileSmall)
  failsWithWhatIsThrown((thrower) => Flow.of<number>().dropWhile(thrower))
})

describe("limit", () => {
  const limit = (count: number) => () => Flow.of<number>().limit(count)

  it("lets count elements pass and does not end after them", () => {
    const probe = Probe.flow(limit(2)).unbounded().send(1, 2)
    expect(probe.received).toEqual([1, 2])
    expect([probe.ended, probe.cancelled]).toEqual([undefined, undefined])
  })

  it("fails with a StreamLimitError on the next element, and cancels with it", () => {
    const probe = Probe.flow(limit(2)).unbounded().send(1, 2, 3)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: expect.any(StreamLimitError) })
    expect(probe.cancelled).toEqual({ cause: expect.any(StreamLimitError) })
  })

  it.each([0, -1])("fails on the first element with a limit of %d", (count) => {
    const probe = Probe.flow(limit(count)).unbounded()
    expect(probe.ended).toBe(undefined)
    expect(probe.send(1).ended).toEqual({ failed: expect.any(StreamLimitError) })
  })

  it("keeps the count while it hibernates", () => {
    const probe = Probe.flow(limit(2)).unbounded().send(1).hibernate().send(2).hibernate().send(3)
    expect(probe.received).toEqual([1, 2])
    expect(probe.ended).toEqual({ failed: expect.any(StreamLimitError) })
  })

  backpressuresWithDownstream(limit(3))
  endsWithItsNeighbours(limit(3))
})

describe("collectWhile", () => {
  const odd = () => Probe.flow(() => Flow.of<number>().collectWhile((n) => (n % 2 === 1 ? n * 10 : undefined)))

  it("emits the results of f, and ends the stream before the first undefined", () => {
    const probe = odd().unbounded().send(1, 3, 4)
    expect(probe.received).toEqual([10, 30])
    expect(probe.ended).toBe("completed")
    expect(probe.cancelled).toBe(true)
  })

  it("takes null and 0 for elements", () => {
    const probe = Probe.flow(() => Flow.of<number | null>().collectWhile((n) => n)).unbounded()
    expect(probe.send(0, null).received).toEqual([0, null])
  })

  it("completes when upstream completes, with elements or without", () => {
    expect(odd().unbounded().send(1).complete().ended).toBe("completed")
    expect(odd().complete().ended).toBe("completed")
  })

  it("backpressures when downstream backpressures", () => {
    expect(odd().request(1).send(1).demand).toBe(false)
  })

  it("cancels when downstream cancels", () => {
    expect(odd().cancel().cancelled).toBe(true)
  })

  it("fails both ways when f throws", () => {
    const error = new Error("broken")
    const probe = Probe.flow(() =>
      Flow.of<number>().collectWhile(() => {
        throw error
      }),
    )
    expect(probe.unbounded().send(1).ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
  })

  it("has nothing to keep while it hibernates", () => {
    const probe = odd().unbounded().send(1)
    expect(probe.save()).toEqual([])
    expect(probe.hibernate().send(2).hibernate().ended).toBe("completed")
  })
})
