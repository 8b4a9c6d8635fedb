import { Flow, Sink, Source } from "sluice"
import { expect, it } from "vitest"
import { Probe } from "../../src/testing/probe/probe.ts"

const done: string[] = []
const control = Sink.forEach((command: string) => done.push(command))

// #region graph
const stopwatch = (elapsed: () => number, ticks: Source<number>) =>
  Flow.of<string>()
    .broadcast(
      (all) => all.filter((message) => message !== "time").to(control),
      (all) => all.filter((message) => message === "time").map(elapsed),
    )
    .merge(ticks)
// #endregion

it("connected and disconnected messages in one flow", () => {
  const probe = Probe.flow(() => stopwatch(() => 7, Source.tick("1 minute")))
  probe.unbounded().send("start", "time").advance(60_000)
  expect(done).toEqual(["start"])
  expect(probe.received).toEqual([0, 7, 1])
})
