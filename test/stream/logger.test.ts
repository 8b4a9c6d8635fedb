import { expect, it } from "vitest"
import { setLogger } from "../../src/stream/logger.ts"
import { anything } from "../support/author-mistakes.ts"

it.each([
  [{}, "an empty object"],
  [undefined, "undefined"],
])("setLogger refuses %o, with which each later failure would throw another error", (given, words) => {
  expect(() => setLogger(anything(given))).toThrow(
    `setLogger takes a function of a log entry, and got ${words}: write setLogger(jsonLogger)`,
  )
})
