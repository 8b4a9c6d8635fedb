import { describe, expect, it } from "vitest"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { serverSentEvents } from "../../src/stream/server-sent-events.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { anything, flow, other } from "../support/author-mistakes.ts"

/** Calls with given options, the words of the error, and options that fit. */
const places: Record<string, [call: (options: never) => unknown, words: string, fitting?: object]> = {
  delay: [(options) => flow().delay(1, options), "delay option %: there are bufferSize, overflow"],
  throttle: [(options) => flow().throttle(1, 1, options), "throttle option %: there are burst, enforce, cost"],
  groupedWeightedWithin: [
    (options) => flow().groupedWeightedWithin(1, 1, Number, options),
    "groupedWeightedWithin option %: there is count",
  ],
  groupBy: [
    (options) => flow().groupBy(1, String, (substream) => substream, options),
    "groupBy option %: there is allowClosedSubstreamRecreation",
  ],
  intersperse: [(options) => flow().intersperse(0, options), "intersperse option %: there are start, end"],
  recoverWith: [(options) => flow().recoverWith(() => undefined, options), "recoverWith option %: there is attempts"],
  tick: [(options) => Source.tick(1, options), "tick option %: there are initialDelay, while"],
  fromAsync: [
    (options) => Source.fromAsync(async function* () {}, options),
    "fromAsync option %: there is onEviction",
    { onEviction: "restart" },
  ],
  runWith: [(options) => other.runWith(Sink.ignore(), options), "run option %: there is clock"],
  serverSentEvents: [
    (options) => serverSentEvents(new ReadableStream(), options),
    "serverSentEvents option %: there is maxEventSize",
  ],
  withBackoff: [
    (options) => RestartFlow.withBackoff(options, flow),
    "option of withBackoff %: there are minBackoff, maxBackoff, randomFactor, maxRestarts, maxRestartsWithin, restartOn",
    { minBackoff: 1, maxBackoff: 1 },
  ],
}

describe("an option that an operator does not have", () => {
  it.each(Object.entries(places))("is refused: %s", (_, [call, words, fitting]) => {
    const error = new TypeError(`There is no ${words.replace("%", '"colour"')}`)
    expect(() => call(anything({ ...fitting, colour: "red" }))).toThrow(error)
    expect(() => call(anything({ ...fitting, colour: undefined }))).not.toThrow()
  })
})
