import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  type Data,
  decodeFrame,
  encodeFrames,
  type Header,
  largestFrame,
  type TextFormat,
} from "../../src/session/frame.ts"

interface Golden {
  name: string
  format: TextFormat
  header: Header
  /** Bytes as hexadecimal digits in an array. */
  messages: (string | [hex: string])[]
  frames: (string | [hex: string])[]
}

const golden = JSON.parse(readFileSync("test/golden/frames.json", "utf8")) as Golden[]

const fromHex = (data: string | [string]): Data =>
  typeof data === "string" ? data : new Uint8Array(Buffer.from(data[0], "hex"))

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

describe("a frame", () => {
  it.each(golden)("is unchanged since release 1: $name", ({ format, header, messages, frames }) => {
    expect(encodeFrames(header, messages.map(fromHex), format)).toEqual(frames.map(fromHex))
    const decoded = frames.map((frame) => decodeFrame(fromHex(frame), format))
    expect(decoded.at(-1)?.header).toEqual(header)
    expect(decoded.flatMap((frame) => frame?.messages)).toEqual(
      messages.map((message) => (format === "json" ? JSON.parse(String(message)) : fromHex(message))),
    )
  })

  it("decodes to every batch of texts and bytes, with the header once", () => {
    const count = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
    const header = fc.oneof(fc.nat(), count, fc.tuple(fc.constant("at" as const), count, count))
    const message = fc.oneof(fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 40 }))
    fc.assert(
      fc.property(header, fc.array(message), (header, messages) => {
        const frames = encodeFrames(header, messages, "text").map((frame) => decodeFrame(frame, "text"))
        expect(frames.flatMap((frame) => frame?.messages)).toEqual(messages)
        const headers = frames.map((frame) => frame?.header).filter((header) => header !== 0)
        expect(headers).toEqual(header === 0 ? [] : [header])
      }),
    )
  })

  it("carries its header after the messages that it counts", () => {
    const frames = encodeFrames(["at", 2, 7], ["a", bytes(1)], "text")
    expect(frames).toEqual(['[0,"a"]', bytes(0, 0, 0, 0, 0, 0, 0, 1, 1), '[["at",2,7]]'])
  })

  it("takes a count of more than four bytes in a text frame", () => {
    const [first, second] = encodeFrames(2 ** 32, [bytes(1)], "text")
    expect(decodeFrame(first ?? "", "text")).toEqual({ header: 0, messages: [bytes(1)] })
    expect(second).toBe("[4294967296]")
  })

  it("does not exist without messages and with nothing to acknowledge", () => {
    expect(encodeFrames(0, [], "text")).toEqual([])
  })

  it("is at most as large as the largest frame of a client whose messages have a bound", () => {
    const text = fc.oneof(fc.constant("\0"), fc.string({ unit: "binary" })).map((unit) => unit.repeat(1_000))
    const message = fc.oneof(text, fc.uint8Array({ maxLength: 1_000 }))
    fc.assert(
      fc.property(fc.array(message, { maxLength: 128, size: "max" }), (messages) => {
        const largest = Math.max(0, ...messages.map((message) => new Blob([message as string]).size))
        for (const frame of encodeFrames(Number.MAX_SAFE_INTEGER, messages, "text"))
          expect(frame.length).toBeLessThanOrEqual(largestFrame(typeof frame === "string" ? "text" : "binary", largest))
      }),
      { numRuns: 30 },
    )
  })

  it.each<[name: string, frame: (count: number) => Data]>([
    ["texts", (count) => JSON.stringify([0, ...Array(count).fill("")])],
    ["bytes", (count) => new Uint8Array(4 + 4 * count)],
  ])("has no more messages than are allowed: %s", (_name, frame) => {
    expect(decodeFrame(frame(128), "text", 128)?.messages.length).toBe(128)
    expect(decodeFrame(frame(129), "text", 128)).toBeUndefined()
  })

  it("takes messages up to 64 KiB, or one that is larger", () => {
    const sizes = (messages: Data[]) =>
      encodeFrames(1, messages, "text").map((frame) => decodeFrame(frame, "text")?.messages.length)
    expect(sizes(Array.from({ length: 9 }, () => "x".repeat(16_384)))).toEqual([4, 4, 1])
    expect(sizes(Array.from({ length: 9 }, () => new Uint8Array(16_384)))).toEqual([4, 4, 1])
    expect(sizes(["x".repeat(100_000), "y"])).toEqual([1, 1])
  })

  it("contains JSON unchanged", () => {
    expect(encodeFrames(0, ['{"a": 1}', "2"], "json")).toEqual(['[0,{"a": 1},2]'])
    expect(decodeFrame('[3,{"a":1},null]', "json")).toEqual({ header: 3, messages: [{ a: 1 }, null] })
  })

  it("is read from a view of a larger buffer", () => {
    const frame = bytes(9, 9, 0, 0, 0, 5, 0, 0, 0, 1, 7, 9).subarray(2, 11)
    expect(decodeFrame(frame, "text")).toEqual({ header: 5, messages: [bytes(7)] })
  })

  it("decodes to bytes with a buffer each, as a frame for each message has", () => {
    const { messages = [] } = decodeFrame(bytes(0, 0, 0, 5, 0, 0, 0, 1, 7, 0, 0, 0, 2, 8, 9), "text") ?? {}
    const buffers = messages.map((message) => new Uint8Array((message as Uint8Array).buffer))
    expect(buffers).toEqual([bytes(7), bytes(8, 9)])
  })

  const texts = ["", "{", "{}", "1", "null", "[]", '["a"]', "[-1]", "[1.5]", "[null]", "[[]]", '[["no",1]]', "[1e400]"]
  const headers = [
    '[["at",1]]',
    '[["at",1,-1]]',
    '[["hi","a b",0,true,1]]',
    '[["hi",1,0,true,1]]',
    '[["hi","s",0,1,1]]',
  ]
  it.each([...texts, ...headers, '[0,"a",1]'])("is not %s", (frame) => {
    expect(decodeFrame(frame, "text")).toBeUndefined()
  })

  it.each([
    ["empty", []],
    ["shorter than its header", [0, 0, 0]],
    ["cut off in a length", [0, 0, 0, 0, 0, 0]],
    ["cut off in a message", [0, 0, 0, 0, 0, 0, 0, 2, 1]],
    ["longer than its messages", [0, 0, 0, 0, 0, 0, 0, 1, 1, 1]],
    ["with a length beyond all bounds", [0, 0, 0, 0, 255, 255, 255, 255, 1]],
  ])("is not binary and %s", (_name, values) => {
    expect(decodeFrame(bytes(...values), "text")).toBeUndefined()
  })

  it("is a frame or undefined for any data", () => {
    const mutilated = fc.tuple(fc.json(), fc.nat(20)).map(([json, cut]) => `[0,${json}]`.slice(0, -cut || undefined))
    const anything = fc.oneof(fc.json(), mutilated, fc.string({ unit: "binary" }), fc.uint8Array({ maxLength: 64 }))
    fc.assert(
      fc.property(anything, fc.constantFrom<TextFormat>("text", "json"), (data, format) => {
        const frame = decodeFrame(data, format)
        expect(frame === undefined || Array.isArray(frame.messages)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
