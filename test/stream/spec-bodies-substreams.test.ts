import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { RestartSource } from "../../src/stream/restart-source.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

/** Assertions in the bodies of Pekko's specs of restarts, substreams and kill switches that their titles do not name. */

const error = new Error("broken")
const numbers = () => Flow.of<number>()
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const broken = () => {
  throw error
}
const settings = { minBackoff: 100, maxBackoff: 300, randomFactor: 0 }

describe("restarts", () => {
  it("begin with minBackoff again after a run that was long enough", () => {
    let made = 0
    // Two runs end at once, the third lasts for longer than minBackoff.
    const make = () => (++made === 3 ? Source.never<string>().takeWithin(150) : Source.empty<string>())
    const probe = Probe.source(() => RestartSource.withBackoff(settings, make)).unbounded()
    probe.advance(100).advance(200).advance(150)
    expect(probe.save()[0]?.[2]).toBe(450 + 100)
  })

  it("are counted anew after a run that was long enough", () => {
    let made = 0
    const make = () =>
      ++made === 3 ? Source.single("a").concat(Source.never<string>().takeWithin(1_000)) : Source.single("a")
    const limited = { ...settings, maxRestarts: 2, maxRestartsWithin: 500 }
    const probe = Probe.source(() => RestartSource.withBackoff(limited, make)).unbounded()
    probe.advance(100).advance(200).advance(1_000).advance(100)
    expect(probe.received).toEqual(["a", "a", "a", "a"])
    expect(probe.ended).toBe(undefined)
    expect(probe.advance(200).ended).toBe("completed")
    expect(made).toBe(5)
  })

  it("of a flow lose the element that failed, and no other, a number of times", () => {
    let made = 0
    const make = () => {
      made++
      return numbers().map((n) => (n % 3 === 0 ? broken() : n))
    }
    const flow = RestartFlow.onFailuresWithBackoff({ ...settings, maxRestarts: 2, maxRestartsWithin: 1_000 }, make)
    const probe = Probe.source(() => Source.range(1, 7).via(flow)).unbounded()
    expect(probe.advance(100).advance(200).received).toEqual([1, 2, 4, 5, 7])
    expect(probe.ended).toBe("completed")
    expect(made).toBe(3)
  })

  it("of a flow end both halves of the flow", () => {
    const ends: string[] = []
    const make = () =>
      numbers()
        .onTermination(({ type }) => ends.push(`in ${type}`))
        .takeWhile((n) => n !== 0)
        .onTermination(({ type }) => ends.push(`out ${type}`))
    const probe = Probe.flow(() => RestartFlow.withBackoff(settings, make)).unbounded()
    probe.send(1, 0)
    expect(ends.toSorted()).toEqual(["in cancelled", "out completed"])
    expect(probe.advance(100).send(2).received).toEqual([1, 2])
    expect(probe.ended).toBe(undefined)
  })
})

describe("killSwitch", () => {
  it("fails the stages between it and a recover, and a second one ends the rest", () => {
    const [one, other] = [Source.maybe<string>(), Source.maybe<string>()]
    const probe = Probe.flow(() =>
      numbers()
        .killSwitch(one.source)
        .recover(() => -1)
        .concat(Source.never<number>())
        .killSwitch(other.source),
    )
    probe.unbounded().send(1)
    one.fail(error)
    expect(probe.cancelled).toEqual({ cause: error })
    expect(probe.received).toEqual([1, -1])
    other.complete("out")
    expect(probe.ended).toBe("completed")
  })

  it("of one source of a merge does not end the other one", () => {
    const switches = [Source.maybe<string>(), Source.maybe<string>()] as const
    const [first, second] = switches.map(({ source }) => Source.never<number>().killSwitch(source))
    const probe = Probe.source(() => Source.combine([first, second] as Source<number>[])).unbounded()
    switches[0].complete("out")
    expect(probe.ended).toBe(undefined)
    switches[1].complete("out")
    expect(probe.ended).toBe("completed")
  })
})

type Make = (substream: Flow<number, number>) => Flow<number, number>
const substreams: Record<
  string,
  (flow: Flow<number, number>, f: Make, key?: (n: number) => boolean) => Flow<number, number>
> = {
  groupBy: (flow, f, key = (n) => n % 2 === 0) => flow.groupBy(2, key, f),
  splitWhen: (flow, f, key = (n) => n % 3 === 0) => flow.splitWhen(key, f),
  splitAfter: (flow, f, key = (n) => n % 3 === 0) => flow.splitAfter(key, f),
}

describe.each(Object.entries(substreams))("%s", (name, through) => {
  /** A run, and how its substreams ended. */
  function running(key?: (n: number) => boolean) {
    const ends: unknown[] = []
    const observed: Make = (substream) => substream.onTermination((end) => ends.push(end))
    return { ends, probe: Probe.flow(() => through(numbers(), observed, key)).unbounded() }
  }

  it("fails its running substreams with upstream", () => {
    const { ends, probe } = running()
    expect(probe.send(1).fail(error).ended).toEqual({ failed: error })
    expect(ends).toEqual([{ type: "failed", error }])
  })

  it("fails its running substreams with the error of its function", () => {
    const { ends, probe } = running((n) => (n === 3 ? broken() : false))
    expect(probe.send(1, 2, 3).ended).toEqual({ failed: error })
    expect(probe.cancelled).toEqual({ cause: error })
    expect(ends).toEqual([{ type: "failed", error }])
  })

  it("completes its running substreams with upstream", () => {
    const { ends, probe } = running()
    expect(probe.send(1).complete().ended).toBe("completed")
    expect(ends).toEqual([{ type: "completed" }])
  })

  it("continues with the next substream if one cancels at once", () => {
    const made: number[] = []
    const probe = Probe.flow(() =>
      through(numbers(), (substream) => (made.push(made.length) === 1 ? substream.take(0) : substream)),
    ).unbounded()
    probe.send(1, 2, 3, 4, 5).complete()
    const received = { groupBy: [2, 4], splitWhen: [3, 4, 5], splitAfter: [4, 5] }
    expect(probe.received).toEqual(received[name as "groupBy"])
    expect(probe.ended).toBe("completed")
  })
})

describe("groupBy", () => {
  it("groups words by their first letter", async () => {
    const groups = await Source.from(["Aaa", "Abb", "Bcc", "Cdd", "Cee"])
      .groupBy(
        3,
        ([letter]) => letter,
        (words) => words.grouped(10),
      )
      .runWith(Sink.toArray())
    expect(groups.toSorted()).toEqual([["Aaa", "Abb"], ["Bcc"], ["Cdd", "Cee"]])
  })

  it("fails the substreams that there are when there is one too many", () => {
    const ends: unknown[] = []
    const probe = Probe.flow(() =>
      numbers().groupBy(
        1,
        (n) => n % 2,
        (substream) => substream.onTermination((end) => ends.push(end)),
      ),
    )
    expect(probe.unbounded().send(1, 2).ended).toMatchObject({ failed: { name: "TooManySubstreamsOpenError" } })
    expect(ends).toMatchObject([{ type: "failed", error: { name: "TooManySubstreamsOpenError" } }])
  })

  it("within itself gives each element back at once", () => {
    const reversed = (words: Flow<string, string>) => words.map((word) => [...word].reverse().join(""))
    const twice = () =>
      Flow.of<string>()
        .groupBy(256, ([c]) => c, reversed)
        .groupBy(256, ([c]) => c, reversed)
    const probe = Probe.flow(twice)
    for (let n = 0; n < 300; n++) {
      const word = String(n * 7919)
      probe.request(1).send(word)
      expect(probe.received.at(-1)).toBe(word)
    }
  })
})

describe("flatMapPrefix", () => {
  it("fails its flow when downstream does", () => {
    const ends: unknown[] = []
    const probe = Probe.flow(() =>
      numbers()
        .flatMapPrefix(2, (_, tail) => tail.onTermination((end) => ends.push(end)))
        .map((n) => (n === 3 ? broken() : n)),
    )
    expect(probe.unbounded().send(0, 1, 2, 3).received).toEqual([2])
    expect(probe.cancelled).toEqual({ cause: error })
    expect(ends).toEqual([{ type: "failed", error }])
  })

  it("runs a flow whose ends are not connected, and cancels upstream", () => {
    const probe = Probe.flow(() =>
      numbers().flatMapPrefix(2, () => Flow.fromSinkAndSource(Sink.cancelled(), Source.from(["a", "b", "c"]))),
    )
    expect(probe.unbounded().send(0, 1).received).toEqual(["a", "b", "c"])
    expect(probe.cancelled).toBe(true)
    expect(probe.ended).toBe("completed")
  })

  it("does not use the rest after downstream has cancelled", async () => {
    const prefixes: number[][] = []
    const rest = Source.range(0, 99).flatMapPrefix(10, (prefix, tail) => {
      prefixes.push(prefix)
      return tail
    })
    expect(await rest.take(10).runWith(Sink.toArray())).toEqual(range(10, 19))
    expect(prefixes).toEqual([range(0, 9)])
  })
})
