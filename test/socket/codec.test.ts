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
  it("distinguishes text from binary", () => {
    expect(messages.decode("text")).toEqual(Message.text("text"))
    expect(messages.decode(bytes)).toEqual(Message.binary(bytes))
    expect(messages.encode(Message.text("text"))).toBe("text")
    expect(messages.encode(Message.binary(bytes))).toBe(bytes)
  })

  it("shows the close with any code", () => {
    expect(messages.closed?.(gone)).toEqual(gone)
  })

  it("closes with a close message", () => {
    expect(messages.encode(Message.close(4000, "bye"))).toEqual({ type: "close", code: 4000, reason: "bye" })
  })
})

describe("an element that a codec cannot encode (faults 23 and I)", () => {
  /** A value that TypeScript accepts as `any`. */
  const encode = <T>(codec: Codec<unknown, T>, element: unknown) => codec.encode(element as T)
  class Point {}

  it.each<[Codec<unknown, never>, unknown, string]>([
    [text, 7n, "text sends strings, and the flow emitted a bigint (7): map it with String, or use json()"],
    [text, { a: 1 }, "text sends strings, and the flow emitted an object (a): map it with String, or use json()"],
    [text, bytes, "text sends strings, and the flow emitted an instance of Uint8Array: use binary"],
    [text, Promise.resolve("a"), "text sends strings, and the flow emitted a promise: wait for it with mapAsync"],
    [binary, "a", 'binary sends Uint8Arrays, and the flow emitted "a": map it with TextEncoder, or use text'],
    [
      binary,
      new ArrayBuffer(1),
      "binary sends Uint8Arrays, and the flow emitted an instance of ArrayBuffer: map it to new Uint8Array(buffer)",
    ],
    [
      binary,
      new Float32Array(1),
      "binary sends Uint8Arrays, and the flow emitted an instance of Float32Array: map it to new Uint8Array(view.buffer, view.byteOffset, view.byteLength)",
    ],
    [binary, null, "binary sends Uint8Arrays, and the flow emitted null: map it to a Uint8Array, or use json()"],
    [binary, Promise.resolve(), "binary sends Uint8Arrays, and the flow emitted a promise: wait for it with mapAsync"],
  ])("is named, with the codec and the remedy: %#", (codec, element, message) => {
    expect(() => encode(codec, element)).toThrow(new TypeError(message))
  })

  it.each<[unknown, string]>([
    ["a", '"a"'],
    [undefined, "undefined"],
    [null, "null"],
    [new Point(), "an instance of Point"],
    [{ type: "text", text: 7 }, "an object (type, text)"],
    [{ type: "binary", bytes: "a" }, "an object (type, bytes)"],
    [{ type: "close", code: 1000 }, "an object (type, code)"],
    [{ type: "close", code: "1000", reason: "" }, "an object (type, code, reason)"],
    [{ type: "ping", text: "a" }, "an object (type, text)"],
  ])("is a value that is no message, for messages: %j", (element, words) => {
    const remedy = "make it with Message.text, Message.binary or Message.close"
    const error = new TypeError(`messages sends messages, and the flow emitted ${words}: ${remedy}`)
    expect(() => encode(messages, element)).toThrow(error)
  })

  it.each<[unknown, string]>([
    [7, "a number (7): return one of these"],
    [undefined, "undefined: return one of these"],
    [new ArrayBuffer(1), "an instance of ArrayBuffer: return one of these"],
    [{ type: "close", code: 1000 }, "an object (type, code): return one of these"],
    [Promise.resolve("a"), "a promise: use mapAsync before it"],
  ])("is a result of a custom codec that is no frame: %#", (frame, end) => {
    const own = new Codec(text.decode, () => frame as string)
    const begin = "encodes to a string, a Uint8Array or Message.close(code, reason), and made of a number (1)"
    expect(() => own.encode(1)).toThrow(new TypeError(`a codec of your own ${begin} ${end}`))
    const named = new Codec(text.decode, () => frame as string, undefined, "chat")
    expect(() => named.contramap((n: string) => Number(n)).encode("1")).toThrow(/^chat encodes to/)
  })
})

describe("the name of a codec (fault I)", () => {
  it("is the name of its export, and stays through map and contramap", () => {
    expect([text, binary, messages].map(({ name }) => name)).toEqual(["text", "binary", "messages"])
    expect(text.map(Number).contramap(String).name).toBe("text")
    expect(new Codec(text.decode, text.encode, undefined, "mine").map(Number).contramap(String).name).toBe("mine")
  })
})

describe("text becomes a frame well-formed (fault 2)", () => {
  const halves = ["\ud83d", "a\ude00", "\ude00\ud83d", "😀".slice(1)]

  it.each(halves)("with U+FFFD for half a surrogate pair: %j", (half) => {
    const whole = half.replace(/[\ud800-\udfff]/g, "\ufffd")
    expect(text.encode(half)).toBe(whole)
    expect(text.contramap((element: string) => element).encode(half)).toBe(whole)
    expect(messages.encode(Message.text(half))).toBe(whole)
    expect(new Codec(text.decode, (element: string) => element).encode(half)).toBe(whole)
  })

  it("and unchanged if it is well-formed", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (whole) => text.encode(whole) === whole))
  })
})

describe("messages are checked when they are made (fault I)", () => {
  const any = JSON.parse("7")

  it("text is a string, bytes are bytes, and a reason is a string", () => {
    expect(() => Message.text(any)).toThrow(
      new TypeError("Message.text takes a string, and got a number (7): map it with String or JSON.stringify"),
    )
    expect(() => Message.binary(any)).toThrow(
      new TypeError("Message.binary takes a Uint8Array, and got a number (7): make it new Uint8Array(buffer)"),
    )
    expect(() => Message.close(4000, any)).toThrow(TypeError)
    expect(() => new CloseError(4000, any)).toThrow(TypeError)
  })
})

/** Compares the observable behaviour of two codecs. */
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

  it("do not affect each other", () => {
    expectSame(codec.map(length).contramap(shout), codec.contramap(shout).map(length))
  })
})

describe("map", () => {
  it("maps the close as well", () => {
    expect(closing.map(shout).closed?.(gone)).toBe("CLOSED WITH 1006")
  })

  it("passes on the refusals of the codec", () => {
    expect(() => text.map(length).decode(bytes)).toThrow(CloseError)
  })
})

describe("contramap", () => {
  it("keeps the close of a codec that shows it", () => {
    expect(messages.contramap(Message.text).closed?.(gone)).toEqual(gone)
  })
})
