import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { truncateReason } from "../../src/socket/close.ts"
import { json, type StandardSchema } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"
import { refusal, thrownBy, utf8 } from "../support/refusal.ts"

describe("json of two schemas", () => {
  const InEvent = v.object({ foo: v.string() })
  const OutEvent = v.object({ bar: v.string() })
  const models = json(InEvent, OutEvent)

  it("decodes and encodes the models", () => {
    expect(models.decode('{"foo":"a"}')).toEqual({ foo: "a" })
    expect(models.decode(utf8('{"foo":"a"}'))).toEqual({ foo: "a" })
    expect(models.encode({ bar: "a" })).toBe('{"bar":"a"}')
  })

  it("drops keys that the schema does not have, before the flow", () => {
    expect(models.decode('{"foo":"a","baz":1}')).toEqual({ foo: "a" })
  })

  it("refuses text that is not JSON before any schema runs", () => {
    expect(refusal(() => models.decode("{"))).toBe("Unable to parse json message")
  })

  it("refuses a value that the schema refuses with 1003 and the issues", () => {
    expect(JSON.parse(refusal(() => models.decode('{"foo":1}')))).toEqual([
      { path: "foo", message: "Invalid type: Expected string but received 1" },
    ])
  })

  it("fails for an outgoing message that its schema refuses, because that is the author's fault", () => {
    const strict = json(InEvent, v.object({ bar: v.pipe(v.string(), v.maxLength(3)) }))
    const error = thrownBy(() => strict.encode({ bar: "too long" }))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain('"path":"bar"')
  })

  const Instant = v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  )

  it("checks outgoing values and sends them unchanged, because the client transforms them", () => {
    const dates = json(Instant, Instant)
    const [frame, date] = ['"2026-11-22T08:00:00.000Z"', new Date("2026-11-22T08:00:00.000Z")]
    expect(dates.decode(frame)).toEqual(date)
    expect(dates.encode("2026-11-22T08:00:00.000Z")).toBe(frame)
    expect(() => dates.encode("yesterday")).toThrow(TypeError)
    // The value in a client with the same schema.
    expect(dates.decode(String(dates.encode("2026-11-22T08:00:00.000Z")))).toEqual(date)
  })

  it("sends the keys that the outgoing schema does not have", () => {
    expect(json(InEvent, OutEvent).encode(JSON.parse('{"bar":"a","more":1}'))).toBe('{"bar":"a","more":1}')
  })

  it("names mapAsync for a promise (fault I)", () => {
    const promise = Object(Promise.resolve({ bar: "a" }))
    const words = "json sends what its outgoing schema takes, and the flow emitted a promise: wait for it with mapAsync"
    expect(() => models.encode(promise)).toThrow(new TypeError(words))
  })

  it("keeps falsy values", () => {
    const falsy = json(v.union([v.literal(0), v.literal(""), v.literal(false), v.null()]), v.null())
    for (const value of [0, "", false, null]) expect(falsy.decode(JSON.stringify(value))).toBe(value)
  })
})

describe("json of one schema (fault I)", () => {
  const codec = json(v.object({ foo: v.string() }))

  it("checks incoming values", () => {
    expect(codec.decode('{"foo":"a"}')).toEqual({ foo: "a" })
    expect(JSON.parse(refusal(() => codec.decode('{"foo":1}')))).toEqual([{ path: "foo", message: expect.any(String) }])
  })

  it("sends any JSON", () => {
    expect(codec.encode([1, null])).toBe("[1,null]")
  })
})

describe("json with schemas and options", () => {
  it("checks incoming values, with one schema and with two", () => {
    for (const codec of [json(v.number(), { maxDepth: 2 }), json(v.number(), v.string(), { maxDepth: 2 })]) {
      expect(codec.decode("1")).toBe(1)
      expect(refusal(() => codec.decode('"a"'))).toMatch(/^\[\{"path":""/)
    }
  })

  it("checks outgoing values with the second", () => {
    const codec = json(v.number(), v.string(), { maxDepth: 2 })
    expect(codec.encode("a")).toBe('"a"')
    expect(() => codec.encode(1 as never)).toThrow(
      /^json: the flow emitted what its outgoing schema refuses: \[\{"path":""/,
    )
  })

  it("is called json, with any arguments", () => {
    expect(
      [json(), json({ maxDepth: 1 }), json(v.number()), json(v.number(), v.string())].map(({ name }) => name),
    ).toEqual(Array(4).fill("json"))
  })
})

describe("issues", () => {
  const reasonFor = (schema: v.GenericSchema, value: JsonValue) =>
    refusal(() => json(schema, v.unknown()).decode(JSON.stringify(value)))

  it("are each a path and a message, and nothing more", () => {
    const Order = v.object({ lines: v.array(v.object({ count: v.number() })), note: v.string() })
    const issues: unknown[] = JSON.parse(reasonFor(Order, { lines: [{ count: 1 }, { count: "2" }] }))
    expect(issues).toEqual([
      { path: "lines.1.count", message: expect.any(String) },
      { path: "note", message: expect.any(String) },
    ])
  })

  it("have an empty path if the value itself is wrong", () => {
    expect(JSON.parse(reasonFor(v.string(), 1))).toEqual([{ path: "", message: expect.any(String) }])
  })

  it("may be longer than a reason: the close cuts them", () => {
    const reason = reasonFor(
      v.array(v.string()),
      Array.from({ length: 20 }, () => 1),
    )
    expect(reason.length).toBeGreaterThan(123)
    expect(utf8(truncateReason(reason)).length).toBe(123)
  })
})

/** A schema without a library. */
function schema<Output>(validate: StandardSchema<unknown, Output>["~standard"]["validate"]) {
  return { "~standard": { version: 1, vendor: "none", validate } } as const
}

describe("any Standard Schema", () => {
  const even = schema((value) =>
    typeof value === "number" && value % 2 === 0 ? { value } : { issues: [{ message: "not even" }] },
  )

  it("will do, both ways", () => {
    const evens = json(even, even)
    expect(evens.decode("2")).toBe(2)
    expect(evens.encode(4)).toBe("4")
    expect(refusal(() => evens.decode("3"))).toBe('[{"path":"","message":"not even"}]')
    expect(() => evens.encode(5)).toThrow(TypeError)
  })

  it("may name the steps of a path by themselves or in objects", () => {
    const broken = schema<never>(() => ({ issues: [{ message: "no", path: ["a", { key: 0 }, { key: "b" }] }] }))
    expect(refusal(() => json(broken, even).decode("1"))).toBe('[{"path":"a.0.b","message":"no"}]')
  })

  it("must be synchronous: the error names the remedy", () => {
    const slow = schema(async (value) => ({ value }))
    expect(() => json(slow, even).decode("1")).toThrow(new TypeError(asynchronous))
    expect(() => json(even, slow).encode(1)).toThrow(new TypeError(asynchronous))
  })

  it("must be synchronous, valibot's as well", () => {
    const Slow = v.pipeAsync(
      v.string(),
      v.checkAsync(async () => true),
    )
    expect(() => json(Slow, even).decode('"a"')).toThrow(new TypeError(asynchronous))
  })

  it.each([undefined, null, true, "valid"])("must answer with a value or with issues: not with %s", (answer) => {
    const broken = schema<never>(() => answer as never)
    expect(() => json(broken).decode("1")).toThrow(
      /^json: the validate of a schema returned .*: \{ value \} or \{ issues \} is wanted$/,
    )
  })

  const asynchronous = "json: the schema is asynchronous. Validate synchronously here and use mapAsync for the rest."
})
