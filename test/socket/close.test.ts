import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CloseCode, CloseError, isSendable, receivedCode, truncateReason } from "../../src/socket/close.ts"
import { Message } from "../../src/socket/message.ts"

const within = (code: number, first: number, last: number) => code >= first && code <= last

/** The table of RFC 6455 §7.4, with later registrations of IANA. */
function maySend(code: number): boolean {
  const registered = within(code, 1000, 1003) || within(code, 1007, 1014)
  return registered || within(code, 3000, 3999) || within(code, 4000, 4999)
}

const sendableCodes = fc.integer({ min: 1000, max: 4999 }).filter(maySend)
const otherCodes = fc.oneof(
  fc.integer({ min: -10, max: 6000 }).filter((code) => !maySend(code)),
  fc.constantFrom(1004, 1005, 1006, 1015, 65536, Infinity, Number.NaN, 1000.5),
)

it("the close codes are those of RFC 6455 and IANA's registry", () => {
  expect(CloseCode).toEqual({
    ...{ normal: 1000, goingAway: 1001, protocolError: 1002, unsupportedData: 1003, noStatus: 1005, abnormal: 1006 },
    ...{ invalidPayload: 1007, policyViolation: 1008, messageTooBig: 1009, internalError: 1011 },
    ...{ serviceRestart: 1012, tryAgainLater: 1013, badGateway: 1014 },
  })
})

describe("isSendable", () => {
  it("is the table of RFC 6455", () => {
    const codes = Array.from({ length: 65_536 }, (_, code) => code)
    expect(codes.filter(isSendable)).toEqual(codes.filter(maySend))
  })

  it("refuses values that are no code", () => {
    for (const code of [-1, 1000.5, Number.NaN, Infinity, -Infinity]) expect(isSendable(code)).toBe(false)
  })
})

describe("receivedCode", () => {
  const reasons = fc.oneof(fc.constant(""), fc.string())

  it("is the code of a peer that may send it (fault 19)", () => {
    fc.assert(fc.property(sendableCodes, reasons, (code, reason) => receivedCode(code, reason) === code))
  })

  it("is 1005 for a close without a code, which has no reason either (fault 19)", () => {
    expect(receivedCode(1005, "")).toBe(1005)
    expect(receivedCode(1005, "why")).toBe(1002)
  })

  it("is 1002 for every other code (fault 19)", () => {
    const codes = Array.from({ length: 65_536 }, (_, code) => code).filter((code) => !maySend(code) && code !== 1005)
    expect(new Set(codes.map((code) => receivedCode(code, "")))).toEqual(new Set([1002]))
  })
})

describe("CloseError", () => {
  it("carries a code that may be sent, and the reason", () => {
    fc.assert(
      fc.property(sendableCodes, fc.string(), (code, reason) => {
        expect(new CloseError(code, reason)).toMatchObject({ name: "CloseError", code, reason })
      }),
    )
  })

  it("refuses a code that must not be sent when it is made", () => {
    fc.assert(
      fc.property(otherCodes, (code) => {
        expect(() => new CloseError(code)).toThrow(RangeError)
      }),
    )
  })

  it("refuses a reason that is no string (fault I)", () => {
    expect(() => new CloseError(4000, JSON.parse("7"))).toThrow(
      new TypeError("The reason of a close is a string, and is a number (7): write it as a string, or leave it out"),
    )
  })

  it("can carry a cause, which no client receives", () => {
    const cause = new Error("inside")
    expect(new CloseError(4000, "bye", { cause })).toMatchObject({
      code: 4000,
      reason: "bye",
      message: "Close 4000 bye",
      cause,
    })
    expect(new CloseError(4000).cause).toBe(undefined)
  })

  it("has the code and the reason in its message", () => {
    expect(new CloseError(4000, "bye").message).toBe("Close 4000 bye")
    expect(new CloseError(4000).message).toBe("Close 4000")
  })

  it("names the code and the remedy", () => {
    expect(() => new CloseError(1005)).toThrow(/1005 must not be sent: use 1000, or 4000 to 4999/)
  })
})

describe("Message.close", () => {
  it("is a normal close by default", () => {
    expect(Message.close()).toEqual({ type: "close", code: 1000, reason: "" })
  })

  it("refuses a code that must not be sent when it is made", () => {
    fc.assert(
      fc.property(otherCodes, (code) => {
        expect(() => Message.close(code)).toThrow(RangeError)
      }),
    )
  })
})

describe("truncateReason", () => {
  const bytes = (text: string) => new TextEncoder().encode(text).length
  const reasons = fc.oneof(
    fc.string({ unit: "grapheme-composite", maxLength: 150 }),
    fc.string({ unit: "binary", maxLength: 150 }),
    fc.string({ unit: fc.constantFrom("a", "é", "€", "😀", "\ud800", "\udc00"), maxLength: 150 }),
  )

  it("leaves a reason unchanged that fits", () => {
    fc.assert(
      fc.property(reasons, (reason) => {
        if (bytes(reason) <= 123) expect(truncateReason(reason)).toBe(reason.toWellFormed())
      }),
    )
  })

  it("has U+FFFD in the place of half a surrogate pair (fault 2)", () => {
    expect(truncateReason("a\ud83d")).toBe("a\ufffd")
    expect(truncateReason("\ude00".repeat(200))).toBe("\ufffd".repeat(41))
  })

  it("is the longest beginning of whole characters within 123 bytes", () => {
    fc.assert(
      fc.property(reasons, (reason) => {
        let longest = ""
        for (const character of reason.toWellFormed()) {
          if (bytes(longest + character) > 123) break
          longest += character
        }
        expect(truncateReason(reason)).toBe(longest)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ["a", 123],
    ["é", 61],
    ["€", 41],
    ["😀", 30],
  ])("cuts between characters: %s", (character, count) => {
    expect(truncateReason(character.repeat(200))).toBe(character.repeat(count))
  })

  it("never keeps half of a surrogate pair", () => {
    for (let before = 118; before <= 123; before++) {
      const start = "a".repeat(before)
      expect(truncateReason(`${start}😀`)).toBe(before <= 119 ? `${start}😀` : start)
    }
  })
})
