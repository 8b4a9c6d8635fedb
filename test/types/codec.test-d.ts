import { Codec, Flow, type JsonValue, json, text, webSocket, webSocketClientFlow } from "sluice"
import * as v from "valibot"
import { describe, expectTypeOf, it } from "vitest"

describe("json of two schemas", () => {
  const InEvent = v.object({ foo: v.string() })
  const OutEvent = v.object({ bar: v.number() })

  it("is a codec of the models", () => {
    expectTypeOf(json(InEvent, OutEvent)).toEqualTypeOf<Codec<{ foo: string }, { bar: number }>>()
  })

  it("has the output of one schema and the input of the other, if they transform", () => {
    const toDate = v.pipe(
      v.string(),
      v.transform((value) => new Date(value)),
    )
    const fromDate = v.pipe(
      v.date(),
      v.transform((date) => date.getTime()),
    )
    expectTypeOf(json(toDate, fromDate)).toEqualTypeOf<Codec<Date, Date>>()
  })

  it("fits a flow from the one to the other", () => {
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<{ foo: string }>().map(({ foo }) => ({ bar: foo.length })))
    // @ts-expect-error
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<{ foo: string }>().map(({ foo }) => ({ bar: foo })))
    // @ts-expect-error
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<{ bar: number }>())
  })

  it("checks only incoming values with one schema", () => {
    expectTypeOf(json(InEvent)).toEqualTypeOf<Codec<{ foo: string }, JsonValue>>()
  })

  it("takes options after them, or alone", () => {
    expectTypeOf(json({ maxDepth: 3 })).toEqualTypeOf<Codec<JsonValue, JsonValue>>()
    expectTypeOf(json(InEvent, { maxDepth: 3 })).toEqualTypeOf<Codec<{ foo: string }, JsonValue>>()
    expectTypeOf(json(InEvent, OutEvent, { maxDepth: 3 })).toEqualTypeOf<Codec<{ foo: string }, { bar: number }>>()
    // @ts-expect-error
    json({ maxDepht: 3 })
  })

  it("does not compile with types instead of schemas", () => {
    // @ts-expect-error
    json<{ foo: string }, { bar: number }>()
  })
})

describe("a codec", () => {
  it("maps incoming and outgoing values", () => {
    expectTypeOf(text.map(Number)).toEqualTypeOf<Codec<number, string>>()
    expectTypeOf(text.contramap(String)).toExtend<Codec<string, number>>()
    expectTypeOf(new Codec(Number, (n: bigint) => `${n}`)).toEqualTypeOf<Codec<number, bigint>>()
  })
})

describe("a webSocketClientFlow", () => {
  it("sends the elements that the codec encodes, and emits those that it decodes", () => {
    const codec = new Codec(Number, (n: bigint) => `${n}`)
    expectTypeOf(webSocketClientFlow("ws://a", codec)).toEqualTypeOf<Flow<bigint, number>>()
    webSocketClientFlow("ws://a", codec, { onConnect: () => [1n] })
    // @ts-expect-error
    webSocketClientFlow("ws://a", codec, { onConnect: () => [1] })
    // @ts-expect-error
    webSocketClientFlow("ws://a", codec, { onEviction: "resume" })
    // @ts-expect-error
    webSocketClientFlow("ws://a", codec, { backoff: { minBackoff: "1 second" } })
  })
})
