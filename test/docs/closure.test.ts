import { Flow } from "sluice"
import { describe, expect, it } from "vitest"
import { Probe } from "../../src/testing/probe/probe.ts"

// #region bug
const forgetful = () => {
  let count = 0 // lives in a closure, and is lost in hibernation
  return Flow.of<string>().map((message) => `${++count}: ${message}`)
}
// #endregion

// #region kept
const counting = () =>
  Flow.of<string>().statefulMap(
    () => 0,
    (count, message) => [count + 1, `${count + 1}: ${message}`],
  )
// #endregion

describe("a count of messages", () => {
  // #region test
  const afterSleep = (flow: () => Flow<string, string>) =>
    Probe.flow(flow).unbounded().send("a").hibernate().send("b").received

  it("is lost in a closure", () => expect(afterSleep(forgetful)).toEqual(["1: a", "1: b"]))

  it("is kept as the state of a stage", () => expect(afterSleep(counting)).toEqual(["1: a", "2: b"]))
  // #endregion
})
