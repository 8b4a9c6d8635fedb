import { describe, expect, it } from "vitest"
import { type Duration, toMilliseconds } from "../../src/stream/duration.ts"

describe("a duration", () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1.5, 1.5],
    ["1 millisecond", 1],
    ["250 milliseconds", 250],
    ["1 second", 1_000],
    ["1.5 seconds", 1_500],
    ["2 minutes", 120_000],
    ["1 hour", 3_600_000],
    ["30 days", 2_592_000_000],
  ])("of %j is %d milliseconds", (duration, milliseconds) => {
    expect(toMilliseconds(duration)).toBe(milliseconds)
  })

  it.each([-1, Number.NaN, Infinity, "-1 second", "1e3 seconds"] satisfies Duration[])("is not %j", (duration) => {
    expect(() => toMilliseconds(duration as Duration)).toThrow(RangeError)
  })

  it.each(["", "second", "1second", "1  second", "1 fortnight", "1 second later", "1 constructor", "Infinity days"])(
    "is not %j, which a program without types might pass",
    (words) => {
      expect(() => toMilliseconds(words as Duration)).toThrow(`"${words}" is not a duration`)
    },
  )

  it("is not shorter than the required minimum", () => {
    expect(toMilliseconds("1 millisecond", 1)).toBe(1)
    expect(() => toMilliseconds("0.5 milliseconds", 1)).toThrow("at least 1 ms")
  })
})
