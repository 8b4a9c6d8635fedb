import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { CloseError, truncateReason } from "../../src/socket/close.ts"
import { type JsonValue, json, type StandardSchema } from "../../src/socket/json.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)

/** What `f` throws; an error where it does not. */
function thrownBy(f: () => unknown): unknown {
  try {
    f()
  } catch (error) {
    return error
  }
  throw new Error("Nothing was thrown")
}

/** The reason for which a codec refuses a message. */
function refusal(decode: () => unknown): string {
  const error = thrownBy(decode)
  expect(error).toBeInstanceOf(CloseError)
  expect(error).toMatchObject({ code: 1003 })
  return error instanceof CloseError ? error.reason : ""
}

describe("json", () => {
  const values = json()

  it("takes any JSON value, from text and from bytes", () => {
    fc.assert(
      fc.property(fc.json(), (input) => {
        const value: JsonValue = JSON.parse(input)
        expect(values.decode(input)).toEqual(value)
        expect(values.decode(utf8(input))).toEqual(value)
      }),
    )
  })

  it("sends text that says the same", () => {
    fc.assert(
      fc.property(fc.json(), (input) => {
        const value: JsonValue = JSON.parse(input)
        expect(values.decode(String(values.encode(value)))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each(["", "{", "undefined", "{'a': 1}", "1 2", "NaN"])("refuses what is not JSON with 1003: %j", (input) => {
    expect(refusal(() => values.decode(input))).toBe("Unable to parse json message")
    expect(refusal(() => values.decode(utf8(input)))).toBe("Unable to parse json message")
  })

  it("refuses bytes that are not UTF-8 with 1003", () => {
    expect(refusal(() => values.decode(new Uint8Array([0x22, 0xff, 0x22])))).toBe("Unable to parse json message")
  })

  it("does not show the close", () => {
    expect(values.closed).toBe(undefined)
  })
})

describe("json of two schemas", () => {
  const InEvent = v.object({ foo: v.string() })
  const OutEvent = v.object({ bar: v.string() })
  const models = json(InEvent, OutEvent)

  it("is the models, both ways", () => {
    expect(models.decode('{"foo":"a"}')).toEqual({ foo: "a" })
    expect(models.decode(utf8('{"foo":"a"}'))).toEqual({ foo: "a" })
    expect(models.encode({ bar: "a" })).toBe('{"bar":"a"}')
  })

  it("keeps what the schema does not know out of the flow", () => {
    expect(models.decode('{"foo":"a","baz":1}')).toEqual({ foo: "a" })
  })

  it("refuses what is not JSON before any schema sees it", () => {
    expect(refusal(() => models.decode("{"))).toBe("Unable to parse json message")
  })

  it("refuses what the schema refuses with 1003 and the issues", () => {
    expect(JSON.parse(refusal(() => models.decode('{"foo":1}')))).toEqual([
      { path: "foo", message: "Invalid type: Expected string but received 1" },
    ])
  })

  it("fails for a message out that its schema refuses: that is nobody's fault but the author's", () => {
    const strict = json(InEvent, v.object({ bar: v.pipe(v.string(), v.maxLength(3)) }))
    const error = thrownBy(() => strict.encode({ bar: "too long" }))
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error)).toContain('"path":"bar"')
  })

  it("transforms both ways: the flow sees what comes out of the one schema and goes into the other", () => {
    const dates = json(
      v.pipe(
        v.string(),
        v.isoTimestamp(),
        v.transform((text) => new Date(text)),
      ),
      v.pipe(
        v.date(),
        v.transform((date) => ({ at: date.toISOString() })),
      ),
    )
    const date = dates.decode('"2026-11-22T08:00:00.000Z"')
    expect(date).toEqual(new Date("2026-11-22T08:00:00.000Z"))
    expect(dates.encode(date)).toBe('{"at":"2026-11-22T08:00:00.000Z"}')
  })

  it("takes falsy values for the values they are", () => {
    const falsy = json(v.union([v.literal(0), v.literal(""), v.literal(false), v.null()]), v.null())
    for (const value of [0, "", false, null]) expect(falsy.decode(JSON.stringify(value))).toBe(value)
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

  it("have an empty path where the value itself is wrong", () => {
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

/** A schema of nobody's library. */
function schema<Output>(validate: StandardSchema<unknown, Output>["~standard"]["validate"]) {
  return { "~standard": { version: 1, vendor: "nobody", validate } } as const
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

  it("must be synchronous: the error says what to do instead", () => {
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

  const asynchronous = "json: the schema is asynchronous. Validate synchronously here and use mapAsync for the rest."
})
