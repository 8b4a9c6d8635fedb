import fc from "fast-check"
import { describe, it } from "vitest"
import { manyElements } from "./simulator/laws.ts"
import { play, scripts } from "./simulator/script.ts"
import { type Settings, sound } from "./simulator/settings.ts"

/** `SESSION_SCRIPTS=10000 npx vitest run --project node test/session/simulator.test.ts` is the long form. */
const numRuns = Number(process.env.SESSION_SCRIPTS ?? 200)

const settings: [name: string, settings: Partial<Settings>][] = [
  ["durable", { isDurable: true }],
  ["durable, a window of some four messages", { isDurable: true, window: 120, maxInFlight: 4 }],
  ["durable, a window of one message", { isDurable: true, window: 1, maxInFlight: 1 }],
  ["durable, within 200 ms", { isDurable: true, within: 200 }],
  ["durable, JSON", { isDurable: true, messages: "json" }],
  ["durable, texts and bytes, a small window", { isDurable: true, messages: "mixed", window: 120 }],
  ["in the attachment", { isDurable: false }],
  ["in the attachment, a window of some four messages", { isDurable: false, window: 120, maxInFlight: 4 }],
  ["in the attachment, a window of one message", { isDurable: false, window: 1, maxInFlight: 1 }],
  ["in the attachment, within 200 ms", { isDurable: false, within: 200 }],
  ["in the attachment, JSON, small everything", { isDurable: false, messages: "json", window: 120, within: 300 }],
  ["in the attachment, texts and bytes", { isDurable: false, messages: "mixed" }],
  ["durable, a hub with a log", { isDurable: true, keep: manyElements }],
  ["durable, a hub with a log, small windows", { isDurable: true, keep: manyElements, window: 120, maxInFlight: 4 }],
  ["durable, a hub that keeps 2", { isDurable: true, keep: 2, messages: "mixed" }],
  ["in the attachment, a hub with a log", { isDurable: false, keep: manyElements }],
  [
    "in the attachment, a hub with a log, JSON",
    { isDurable: false, keep: manyElements, window: 120, messages: "json" },
  ],
  ["in the attachment, a hub that keeps 2", { isDurable: false, keep: 2, within: 300 }],
]

describe("a session", () => {
  it.each(settings)("shows each message once and in order, or reports the gap: %s", (_name, given) => {
    fc.assert(
      fc.property(scripts, (script) => play(script, { ...sound, ...given })),
      { numRuns },
    )
  })
})
