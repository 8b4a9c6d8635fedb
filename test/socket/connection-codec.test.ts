import * as v from "valibot"
import { describe, expect, it, onTestFinished } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { binary, Codec, messages, text } from "../../src/socket/codec.ts"
import { json } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"
import { Message } from "../../src/socket/message.ts"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { jsonLogger, type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { closed, connect } from "../support/client.ts"

const echo = Flow.of<string>()

describe("a frame that the codec cannot decode (faults 36 and I)", () => {
  const thrown = [new Error("secret"), new TypeError(), new BufferOverflowError(), "a text", undefined]

  it.each(thrown)("closes with 1003 for any thrown value: %s", (error) => {
    const codec = text.map((message): string => {
      if (message === "good") return message
      throw error
    })
    const client = connect(codec, echo).send("good", "bad", "good")
    expect(client.received).toEqual(["good", closed(1003, "Unable to decode the message")])
    expect(client.errors).toEqual([])
    expect(client.metrics).toMatchObject({ decodeErrors: 1, overflows: 0, closes: new Map([[1003, 1]]) })
  })

  it("is no error in the log, but the cause of the entry about its close, and counted", () => {
    const logged: LogEntry[] = []
    setLogger((entry) => void logged.push(entry))
    onTestFinished(() => setLogger(jsonLogger))
    const { metrics } = connect(text.map(JSON.parse), Flow.of<unknown>().map(String)).send("{")
    const cause = expect.any(SyntaxError)
    expect(logged).toEqual([expect.objectContaining({ level: "info", event: "closed", code: 1003, cause })])
    expect(metrics.codecErrors).toBe(1)
  })

  it("closes with the code of a CloseError", () => {
    const codec = text.map((): string => {
      throw new CloseError(4003, "no")
    })
    expect(connect(codec, echo).send("a").received).toEqual([closed(4003, "no")])
  })

  it("closes with 1011 and is reported if the schema is asynchronous, because that is not the client's fault", () => {
    const slow = v.pipeAsync(
      v.string(),
      v.checkAsync(async () => true),
    )
    const client = connect(json(slow), Flow.of<string>()).send('"a"')
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([expect.objectContaining({ message: expect.stringContaining("use mapAsync") })])
  })
})

describe("sent text (fault 2)", () => {
  it("has U+FFFD in the place of half a surrogate pair", () => {
    const halved = connect(
      text,
      echo.map((message) => message.slice(0, 1)),
    )
    expect(halved.send("😀", "a", "é").received).toEqual(["\ufffd", "a", "é"])
    const both = Source.from([Message.text("\ude00\ud83d"), Message.close(4000, "\ud83d")])
    expect(connect(messages, Flow.fromSinkAndSource(Sink.ignore(), both)).received).toEqual([
      "\ufffd\ufffd",
      closed(4000, "\ufffd"),
    ])
  })

  it("has it from a custom codec too", () => {
    const codec = new Codec<string, string>(text.decode, (element) => element.slice(0, 1))
    expect(connect(codec, echo).send("😀").received).toEqual(["\ufffd"])
  })
})

describe("an element that the codec cannot encode (faults 23 and I)", () => {
  const emitted = <T>(codec: Codec<string, T>, element: unknown) => {
    const client = connect(
      codec,
      echo.map(() => element as T),
    )
    client.send("a", "b")
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toHaveLength(1)
    return String(client.errors[0])
  }

  it.each([
    [7, "TypeError: text sends strings, and the flow emitted a number (7): map it with String, or use json()"],
    [undefined, "TypeError: text sends strings, and the flow emitted undefined: map it with String, or use json()"],
    [Promise.resolve("a"), "TypeError: text sends strings, and the flow emitted a promise: wait for it with mapAsync"],
  ])("closes with 1011 and is reported once, by codec, element and remedy: %s", (element, report) => {
    expect(emitted(text, element)).toBe(report)
  })

  it("keeps the name of its codec through map and contramap", () => {
    const codec = text.map((message) => message).contramap((element: { id: string }) => element.id)
    expect(emitted(codec, { id: 7 })).toMatch(/^TypeError: text sends strings, .* a number \(7\)/)
  })
})

describe("a message that is refused", () => {
  it("closes: bytes on a text endpoint", () => {
    const client = connect(text, echo).send("a", new Uint8Array(1), "b")
    expect(client.received).toEqual(["a", closed(1003, "This WebSocket only supports text frames")])
    expect(client.errors).toEqual([])
  })

  it("closes: text on a binary endpoint", () => {
    const client = connect(binary, Flow.of<Uint8Array>()).send("a", new Uint8Array(1))
    expect(client.received).toEqual([closed(1003, "This WebSocket only supports binary frames")])
  })

  it("closes: a message that is not JSON", () => {
    const client = connect(json(), Flow.of<JsonValue>()).send("1", "{", "2")
    expect(client.received).toEqual(["1", closed(1003, "Unable to parse json message")])
  })

  it("closes: JSON that its schema refuses, with the issues cut to the length of a reason", () => {
    const numbers = json(v.array(v.number()), v.unknown())
    const client = connect(numbers, Flow.of<unknown>()).send('["é"]', JSON.stringify(Array(9).fill("é")))
    expect(client.received).toEqual([
      closed(1003, '[{"path":"0","message":"Invalid type: Expected number but received \\"é\\""}]'),
    ])
  })

  it("closes if it is too large", () => {
    expect(connect(text, echo, { maxMessageSize: 2 }).send("ab", "abc").received).toEqual([
      "ab",
      closed(1009, "A message may have 2 bytes"),
    ])
  })

  it("closes if it comes too soon", () => {
    const client = connect(text, echo, { messagesPerSecond: 2 }).send("a", "b").advance(500)
    expect(client.send("c", "d").received).toEqual(["a", "b", "c", closed(1008, "2 messages a second are allowed")])
  })
})
