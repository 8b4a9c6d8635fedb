import { CloseError, Flow } from "sluice"
import { ExpectationError, flowTest, TestClock, TestSink, TestSource } from "sluice/testing"
import { afterEach, describe, expect, it } from "vitest"
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
    expect(() => flowTest(echo() as never)).toThrow("Write flowTest(() => flow)")
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
    [new RangeError("a"), new TypeError("a"), false, false],
    [null, {}, false, false],
  ])("%o is compared with %o", (actual, expected, equal, match) => {
    expect([isEqual(actual, expected), isMatch(actual, expected)]).toEqual([equal, match])
  })
})
