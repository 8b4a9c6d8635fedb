import { describe, expect, it } from "vitest"
import { decodeOffer, encodeOffer } from "../../src/session/offer.ts"

describe("an offer", () => {
  it("is the subprotocol alone for a new session", () => {
    expect(encodeOffer()).toEqual(["sluice.1"])
    expect(decodeOffer(["sluice.1"])).toBeUndefined()
  })

  it("has the session and the number of received messages", () => {
    const offer = { session: "0dQ2_w-xkZ8mQ1o5T3nJ9A", received: 12 }
    expect(encodeOffer(offer)).toEqual(["sluice.1", "sluice.at.0dQ2_w-xkZ8mQ1o5T3nJ9A.12"])
    expect(decodeOffer(["chat.v2", ...encodeOffer(offer)])).toEqual(offer)
  })

  it("has the number of the attempt after one that got no welcome", () => {
    const offer = { session: "s", received: 12, attempt: 2 }
    expect(encodeOffer(offer)).toEqual(["sluice.1", "sluice.at.s.12", "sluice.attempt.2"])
    expect(decodeOffer(["chat.v2", ...encodeOffer(offer)])).toEqual(offer)
    expect(decodeOffer(["sluice.1", "sluice.attempt.2"])).toBeUndefined()
  })

  it.each([
    "sluice.at.",
    "sluice.at.a",
    "sluice.at.a.",
    "sluice.at..1",
    "sluice.at.a.-1",
    "sluice.at.a.1.5",
    "sluice.at.a b.1",
    "sluice.at.a.1000000000000000",
    `sluice.at.${"a".repeat(65)}.1`,
    "xsluice.at.a.1",
  ])("is not %s", (protocol) => {
    expect(decodeOffer(["sluice.1", protocol])).toBeUndefined()
  })
})
