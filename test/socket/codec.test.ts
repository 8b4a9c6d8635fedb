import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { binary, Codec, messages, text } from "../../src/socket/codec.ts"
import { type CloseMessage, Message } from "../../src/socket/message.ts"

const bytes = new Uint8Array([0, 127, 255])
const gone: CloseMessage = { type: "close", code: 1006, reason: "" }

describe("text", () => {
  it("is the text of a frame, both ways", () => {
    expect(text.decode("héllo")).toBe("héllo")
    expect(text.encode("héllo")).toBe("héllo")
  })

  it("refuses a binary frame with 1003", () => {
    expect(() => text.decode(bytes)).toThrow(new CloseError(1003, "This WebSocket only supports text frames"))
  })

  it("does not show the close", () => {
    expect(text.closed).toBe(undefined)
  })
})

describe("binary", () => {
  it("is the bytes of a frame, both ways", () => {
    expect(binary.decode(bytes)).toBe(bytes)
    expect(binary.encode(bytes)).toBe(bytes)
  })

  it("refuses a text frame with 1003", () => {
    expect(() => binary.decode("text")).toThrow(new CloseError(1003, "This WebSocket only supports binary frames"))
  })

  it("does not show the close", () => {
    expect(binary.closed).toBe(undefined)
  })
})

describe("messages", () => {
  it("tells text from binary", () => {
    expect(messages.decode("text")).toEqual(Message.text("text"))
    expect(messages.decode(bytes)).toEqual(Message.binary(bytes))
    expect(messages.encode(Message.text("text"))).toBe("text")
    expect(messages.encode(Message.binary(bytes))).toBe(bytes)
  })

  it("shows the close, whatever its code", () => {
    expect(messages.closed?.(gone)).toEqual(gone)
  })

  it("closes with a close message", () => {
    expect(messages.encode(Message.close(4000, "bye"))).toEqual({ type: "close", code: 4000, reason: "bye" })
  })
})

/** The codecs behave alike, for all that can be told from outside. */
function expectSame(left: Codec<unknown, string>, right: Codec<unknown, string>): void {
  const decoded = ({ decode, closed }: Codec<unknown, string>, input: string) => [decode(input), closed?.(gone)]
  fc.assert(
    fc.property(fc.string(), (input) => {
      expect(decoded(left, input)).toEqual(decoded(right, input))
      expect(left.encode(input)).toEqual(right.encode(input))
    }),
  )
}

const length = (input: string) => input.length
const halves = (n: number) => n / 2
const shout = (input: string) => input.toUpperCase()
const twice = (input: string) => input + input
/** A codec of texts that also shows the close. */
const closing = new Codec<string, string>(text.decode, text.encode, ({ code }) => `closed with ${code}`)

describe.each([
  ["a codec that does not show the close", text],
  ["a codec that shows the close", closing],
])("map and contramap of %s", (_, codec) => {
  it("keep identity", () => {
    expectSame(
      codec.map((element) => element),
      codec,
    )
    expectSame(
      codec.contramap((element: string) => element),
      codec,
    )
  })

  it("keep composition", () => {
    expectSame(
      codec.map(length).map(halves),
      codec.map((element) => halves(length(element))),
    )
    expectSame(
      codec.contramap(shout).contramap(twice),
      codec.contramap((element: string) => shout(twice(element))),
    )
  })

  it("do not get in each other's way", () => {
    expectSame(codec.map(length).contramap(shout), codec.contramap(shout).map(length))
  })
})

describe("map", () => {
  it("goes over the close as well", () => {
    expect(closing.map(shout).closed?.(gone)).toBe("CLOSED WITH 1006")
  })

  it("lets the refusals of the codec pass", () => {
    expect(() => text.map(length).decode(bytes)).toThrow(CloseError)
  })
})

describe("contramap", () => {
  it("keeps the close of a codec that shows it", () => {
    expect(messages.contramap(Message.text).closed?.(gone)).toEqual(gone)
  })
})
