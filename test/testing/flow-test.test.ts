import { CloseError, Flow, Source } from "sluice"
import { ExpectationError, flowTest, TestClock, TestSink, TestSource } from "sluice/testing"
import { afterEach, describe, expect, it } from "vitest"
import { PinnedFlowError } from "../../src/stream/errors.ts"
import { link } from "../../src/testing/link.ts"
import { isEqual, isMatch } from "../../src/testing/match.ts"
import { Random } from "../../src/testing/random.ts"

describe("flowTest", () => {
  const echo = () => Flow.of<string>()

  it("shows the expected and the actual elements", () => {
    const error = () => flowTest(echo).send("a").expect("b")
    expect(error).toThrow(ExpectationError)
    expect(error).toThrow('Expected "b", and "a" came')
    expect(() => flowTest(echo).expect("b")).toThrow('Expected "b", and nothing came')
    expect(() => flowTest(echo).send("a").expectNothing()).toThrow('Expected nothing, and "a" came')
  })

  it("shows that the flow has ended", () => {
    const failing = () =>
      Flow.of<string>().map((): string => {
        throw new CloseError(4000, "no")
      })
    expect(() => flowTest(failing).send("a").expect("a")).toThrow("the flow has failed with")
    expect(() => flowTest(echo).expectCompleted()).toThrow("and it runs on")
    expect(() => flowTest(echo).complete().expectFailure()).toThrow("and it has completed")
    flowTest(failing).send("a").expectFailure(CloseError).expectFailure(/4000/)
  })

  it("shows the difference between values that JSON does not tell apart", () => {
    class Point {
      constructor(readonly x: unknown) {}
    }
    const circle: unknown[] = []
    circle.push(circle)
    const error = (sent: unknown, expected: unknown) => () =>
      flowTest(() => Flow.of<unknown>())
        .send(sent)
        .expect(expected)
    expect(error(null, Number.NaN)).toThrow("Expected NaN, and null came")
    expect(error(-0, 0)).toThrow("Expected 0, and -0 came")
    expect(error({ a: 1, b: undefined }, { a: 1 })).toThrow('Expected {"a":1}, and {"a":1,"b":undefined} came')
    expect(error(new Point(1n), { x: 1n })).toThrow('Expected {"x":1n}, and Point {"x":1n} came')
    expect(error(new Date(0), "a")).toThrow('Expected "a", and Date 1970-01-01T00:00:00.000Z came')
    expect(error(new Date(Number.NaN), Point)).toThrow("Expected Point, and Date invalid came")
    expect(error(new URL("https://a/"), Uint8Array.of(1))).toThrow('Expected Uint8Array [1], and URL "https://a/" came')
    expect(error(circle, new Set([new Map([["a", [1]]])]))).toThrow(
      'Expected Set [Map [["a",[1]]]], and [(circular)] came',
    )
  })

  it("shows the expected failure", () => {
    expect(() => flowTest(echo).expectFailure()).toThrow("Expected the flow to fail, and it runs on")
    expect(() => flowTest(echo).expectFailure(CloseError)).toThrow("Expected the flow to fail with CloseError, and")
    const failed = flowTest(echo).fail(new RangeError("no"))
    expect(() => failed.expectFailure("a")).toThrow(
      'Expected the flow to fail with "a", and it has failed with RangeError: no',
    )
    const pattern = /n/g
    failed.expectFailure(pattern).expectFailure(pattern)
  })

  it("shows that the flow takes no more input", () => {
    const cancelled = flowTest(echo).cancel()
    expect(() => cancelled.send("a")).toThrow('does not ask for "a"; the flow takes no more input')
    expect(() => cancelled.expectCompleted()).toThrow("and it takes no more input")
  })

  it("refuses to hibernate a flow that an object refuses", () => {
    const pinned = () => Flow.of<string>().merge(Source.fromAsync((async function* () {})()))
    expect(() => flowTest(pinned).sleep()).toThrow(PinnedFlowError)
  })

  it("sends no element without demand", () => {
    expect(() => flowTest(() => Flow.of<string>().take(1)).send("a", "b")).toThrow('does not ask for "b"')
  })

  it("requests as many elements as the test sets", () => {
    const flow = flowTest(() => Flow.of<string>().buffer(4, "backpressure"))
      .request(1)
      .send("a", "b")
    flow.expect("a").expectNothing().request(1).expect("b")
  })

  it("refuses a flow instead of a function that makes it", () => {
    expect(() => flowTest(echo() as never)).toThrow("got an instance of Flow, which would keep what its closures hold")
    expect(() => flowTest(undefined as never)).toThrow("got undefined: write flowTest(() => flow)")
    expect(() => flowTest((async () => echo()) as never).send("a")).toThrow(
      "must return a flow, and returned a promise: write a function that is not async",
    )
  })
})

describe("a TestSource", () => {
  it("shows that its flow has cancelled it", () => {
    const source = new TestSource<string>()
    expect(() => source.send("a")).toThrow("it does not run")
    flowTest(() => Flow.of<string>().merge(source.source)).cancel()
    expect(source.cancelled).toBe(true)
    expect(() => source.send("a")).toThrow("it has cancelled")
  })
})

describe("a TestSink", () => {
  it("shows the end of its stream", () => {
    const sink = new TestSink<string>().unbounded()
    flowTest(() => Flow.of<string>().alsoTo(sink.sink))
      .send("a")
      .complete()
      .expect("a")
    expect([sink.received, sink.ended]).toEqual([["a"], "completed"])
  })
})

describe("a TestClock", () => {
  const clock = new TestClock(Date.UTC(2030, 0, 1))
  afterEach(() => clock.uninstall())

  it("does not go back after a timer that advances it", () => {
    const clock = new TestClock()
    clock.at(1, () => clock.advance(100))
    clock.advance(10)
    expect(clock.now()).toBe(101)
  })

  it("is the time of Date while it is installed", () => {
    const real = Date
    clock.install()
    clock.advance("1 day")
    expect(new Date().toISOString()).toBe("2030-01-02T00:00:00.000Z")
    expect([Date.now(), new Date(0).getTime()]).toEqual([Date.UTC(2030, 0, 2), 0])
    expect(new Date()).toBeInstanceOf(real)
    clock.uninstall()
    expect(Date).toBe(real)
  })
})

describe("a link", () => {
  it("loses the frames after the one at which it breaks", () => {
    const came: number[] = []
    const broken = link({ lose: (frame) => frame === 3 })
    for (const n of [1, 2, 3, 4])
      broken.pass(
        () => came.push(n),
        () => {},
      )
    expect([came, broken.isBroken]).toEqual([[1, 2], true])
  })

  it("refuses a probability above 1", () => {
    expect(() => link({ lose: 50 })).toThrow(
      "a probability from 0 to 1, or a function of the number of a frame, and not 50",
    )
    expect(() => link({ lose: Number.NaN })).toThrow(RangeError)
    expect(link({ lose: 1 }).isBroken).toBe(false)
  })

  it("breaks at random in the same place for the same seed", () => {
    const lasts = (seed: number) => {
      const lossy = link({ lose: 0.1, seed })
      let frames = 0
      while (!lossy.isBroken)
        lossy.pass(
          () => frames++,
          () => {},
        )
      return frames
    }
    expect(lasts(1)).toBe(lasts(1))
    expect(new Set([1, 2, 3, 4, 5].map(lasts)).size).toBeGreaterThan(1)
  })
})

it("numbers of a seed are the same each time", () => {
  const numbers = () => {
    const random = new Random(7)
    return [random.below(10), random.below(10)]
  }
  expect(numbers()).toEqual(numbers())
})

describe("an expected value", () => {
  it.each([
    [{ a: 1 }, { a: 1 }, true, true],
    [{ a: 1, b: 2 }, { a: 1 }, false, true],
    [{ a: { b: [1, { c: 2, d: 3 }] } }, { a: { b: [1, { c: 2 }] } }, false, true],
    [[1, 2], [1], false, false],
    [new Map([["a", 1]]), new Map([["a", 1]]), true, true],
    [Uint8Array.of(1), Uint8Array.of(2), false, false],
    [new Date(0), new Date(0), true, true],
    [new Set([1, [2]]), new Set([[2], 1]), true, true],
    [new Set([[1], [2]]), new Set([[1], [1]]), false, false],
    [new Map(Object.entries({ a: 1, b: 2 })), new Map(Object.entries({ b: 2, a: 1 })), true, true],
    [new Map(Object.entries({ a: 1 })), new Map(Object.entries({ a: 2 })), false, false],
    [new RangeError("a"), new TypeError("a"), false, false],
    [null, {}, false, false],
  ])("%o is compared with %o", (actual, expected, equal, match) => {
    expect([isEqual(actual, expected), isMatch(actual, expected)]).toEqual([equal, match])
  })
})
