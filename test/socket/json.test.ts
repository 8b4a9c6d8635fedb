import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { CloseError, truncateReason } from "../../src/socket/close.ts"
import { json, type StandardSchema } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"

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

  it("checks what goes out and sends it as it is: what the schema makes of it is the client's to do", () => {
    const dates = json(Instant, Instant)
    const [frame, date] = ['"2026-11-22T08:00:00.000Z"', new Date("2026-11-22T08:00:00.000Z")]
    expect(dates.decode(frame)).toEqual(date)
    expect(dates.encode("2026-11-22T08:00:00.000Z")).toBe(frame)
    expect(() => dates.encode("yesterday")).toThrow(TypeError)
    // What a client with the same schema makes of it.
    expect(dates.decode(String(dates.encode("2026-11-22T08:00:00.000Z")))).toEqual(date)
  })

  it("sends the keys that the outgoing schema does not know", () => {
    expect(json(InEvent, OutEvent).encode(JSON.parse('{"bar":"a","more":1}'))).toBe('{"bar":"a","more":1}')
  })

  it("says that a promise is to be waited for (fault I)", () => {
    const promise = Object(Promise.resolve({ bar: "a" }))
    const words = "json sends what its outgoing schema takes, and the flow emitted a promise: wait for it with mapAsync"
    expect(() => models.encode(promise)).toThrow(new TypeError(words))
  })

  it("takes falsy values for the values they are", () => {
    const falsy = json(v.union([v.literal(0), v.literal(""), v.literal(false), v.null()]), v.null())
    for (const value of [0, "", false, null]) expect(falsy.decode(JSON.stringify(value))).toBe(value)
  })
})

describe("json of one schema (fault I)", () => {
  const codec = json(v.object({ foo: v.string() }))

  it("checks what comes in", () => {
    expect(codec.decode('{"foo":"a"}')).toEqual({ foo: "a" })
    expect(JSON.parse(refusal(() => codec.decode('{"foo":1}')))).toEqual([{ path: "foo", message: expect.any(String) }])
  })

  it("sends any JSON", () => {
    expect(codec.encode([1, null])).toBe("[1,null]")
  })
})

describe("what json is given (fault I)", () => {
  const mistyped = (value: unknown) => value as StandardSchema<unknown, unknown>

  it.each([undefined, null, 7, "schema", () => true, { parse: () => 1 }, { maxDepht: 3 }, class Model {}])(
    "must be schemas and options: %s would check nothing",
    (nonsense) => {
      expect(() => json(mistyped(nonsense))).toThrow(
        /^json takes Standard Schemas and \{ maxDepth \}, and got .*: is the schema imported\?$/,
      )
      expect(() => json(v.string(), mistyped(nonsense))).toThrow(TypeError)
    },
  )

  it.each([0, -1, Number.NaN, "5" as never])("must have a depth of at least 1: %s", (maxDepth) => {
    expect(() => json({ maxDepth })).toThrow(RangeError)
  })

  it("may be a schema that is a function", () => {
    const schema = Object.assign(() => 1, {
      "~standard": { version: 1 as const, vendor: "own", validate: () => ({ value: 5 }) },
    })
    expect(json(schema).decode("1")).toBe(5)
  })
})

describe("json with schemas and options", () => {
  it("checks what comes in, with one schema and with two", () => {
    for (const codec of [json(v.number(), { maxDepth: 2 }), json(v.number(), v.string(), { maxDepth: 2 })]) {
      expect(codec.decode("1")).toBe(1)
      expect(refusal(() => codec.decode('"a"'))).toMatch(/^\[\{"path":""/)
    }
  })

  it("checks what goes out with the second", () => {
    const codec = json(v.number(), v.string(), { maxDepth: 2 })
    expect(codec.encode("a")).toBe('"a"')
    expect(() => codec.encode(1 as never)).toThrow(
      /^json: the flow emitted what its outgoing schema refuses: \[\{"path":""/,
    )
  })

  it("is called json, whatever it is given", () => {
    expect(
      [json(), json({ maxDepth: 1 }), json(v.number()), json(v.number(), v.string())].map(({ name }) => name),
    ).toEqual(Array(4).fill("json"))
  })
})

describe("the depth of json (fault 41)", () => {
  const lists = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`
  const tooDeep = (depth: number) => `A json message may be nested ${depth} deep`

  it("is at most 64 where nothing is said", () => {
    for (const nested of [lists, objects]) {
      expect(JSON.stringify(json().decode(nested(64)))).toBe(nested(64))
      expect(refusal(() => json().decode(nested(65)))).toBe(tooDeep(64))
      expect(refusal(() => json().decode(utf8(nested(65))))).toBe(tooDeep(64))
    }
  })

  it("is counted down each branch, not over all of them", () => {
    const wide = JSON.stringify(Array.from({ length: 500 }, () => [[{}]]))
    expect(json({ maxDepth: 4 }).decode(wide)).toEqual(JSON.parse(wide))
    expect(refusal(() => json({ maxDepth: 3 }).decode(wide))).toBe(tooDeep(3))
    expect(refusal(() => json().decode(`{"a":1,"b":[2,${lists(64)}]}`))).toBe(tooDeep(64))
  })

  it("is not that of brackets in texts", () => {
    const text = JSON.stringify([lists(100), objects(100)])
    expect(json({ maxDepth: 1 }).decode(text)).toEqual([lists(100), objects(100)])
  })

  it("is set with and without schemas", () => {
    for (const codec of [
      json({ maxDepth: 2 }),
      json(v.unknown(), { maxDepth: 2 }),
      json(v.unknown(), v.unknown(), { maxDepth: 2 }),
    ]) {
      expect(codec.decode("[[1]]")).toEqual([[1]])
      expect(refusal(() => codec.decode("[[[1]]]"))).toBe(tooDeep(2))
    }
    expect(json({ maxDepth: Infinity }).decode(lists(1000))).toEqual(JSON.parse(lists(1000)))
  })

  it("is no more than is allowed, of any value", () => {
    const depthOf = (value: JsonValue): number =>
      typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.integer({ min: 1, max: 8 }), (given, maxDepth) => {
        const value: JsonValue = JSON.parse(JSON.stringify(given))
        const decode = () => json({ maxDepth }).decode(JSON.stringify(value))
        if (depthOf(value) > maxDepth) expect(decode).toThrow(CloseError)
        else expect(decode()).toEqual(value)
      }),
    )
  })

  it("is found without the stack, however deep it is", () => {
    expect(refusal(() => json().decode(lists(500_000)))).toBe(tooDeep(64))
    expect(refusal(() => json({ maxDepth: 400_000 }).decode(lists(500_000)))).toBe(tooDeep(400_000))
  })
})

describe("a byte order mark (fault 22)", () => {
  it.each(["\ufeff[1]", "\ufeff", "\ufeff\ufeff[1]", "[\ufeff1]", "[1]\ufeff"])(
    "is not JSON, in text and in bytes alike: %j",
    (input) => {
      expect(refusal(() => json().decode(input))).toBe("Unable to parse json message")
      expect(refusal(() => json().decode(utf8(input)))).toBe("Unable to parse json message")
    },
  )
})

describe("what JSON has nothing for (faults 23 and I)", () => {
  const written = (value: unknown) => json().encode(value as JsonValue)
  const begin = "json sends JSON values, and the flow emitted"
  class Point {
    x = 1
    readonly y = new Set([2])
  }

  it.each<[unknown, string]>([
    [undefined, "undefined: send objects, lists, strings, numbers, booleans and null"],
    [() => 1, "a function: send objects, lists, strings, numbers, booleans and null"],
    [Symbol("a"), "a symbol (Symbol(a)): send objects, lists, strings, numbers, booleans and null"],
    [5n, "a bigint (5): map it with String"],
    [new Map([[1, 2]]), "an instance of Map: map it with Object.fromEntries"],
    [new Set(), "an instance of Set: map it with Array.from"],
    [new Uint8Array(2), "an instance of Uint8Array: use binary, or map it with Array.from"],
    [new ArrayBuffer(2), "an instance of ArrayBuffer: use binary, or map it with Array.from"],
    [/a/, "an instance of RegExp: send objects, lists, strings, numbers, booleans and null"],
    [new Error("a"), "an instance of Error: send objects, lists, strings, numbers, booleans and null"],
    [Promise.resolve(1), "a promise: wait for it with mapAsync"],
    [[1, undefined], "undefined at 1: send objects, lists, strings, numbers, booleans and null"],
    [{ a: { b: [0, 5n] } }, "a bigint (5) at a.b.1: map it with String"],
    [{ a: Promise.resolve(1) }, "a promise at a: wait for it with mapAsync"],
    [{ a: [{ b: new Map() }] }, "an instance of Map at a.0.b: map it with Object.fromEntries"],
    [[new Point()], "an instance of Set at 0.y: map it with Array.from"],
    [{ f() {} }, "a function at f: send objects, lists, strings, numbers, booleans and null"],
  ])("is named with its path: %#", (value, end) => {
    expect(() => written(value)).toThrow(new TypeError(`${begin} ${end}`))
  })

  it.each<[unknown, string]>([
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [{ toJSON: () => [1] }, "[1]"],
    [{ inner: { toJSON: () => "a", map: new Map() } }, '{"inner":"a"}'],
    [
      new (class {
        x = 1
        #y = 2
      })(),
      '{"x":1}',
    ],
    [{ a: {}, b: [], c: null, d: -0 }, '{"a":{},"b":[],"c":null,"d":0}'],
    [JSON.parse("[1e999]"), "[null]"],
  ])("is nothing of this: %#", (value, text) => {
    expect(written(value)).toBe(text)
  })

  it("is a value that is a part of itself", () => {
    const ring: { id: number; self?: unknown; again?: unknown } = { id: 1 }
    ring.self = ring
    ring.again = ring
    expect(() => written(ring)).toThrow(
      /^json sends JSON values, and the flow emitted an object \(id, self, again\): .*circular/i,
    )
    expect(() => written({ ...ring, id: 5n })).toThrow(`${begin} a bigint (5) at id: map it with String`)
  })

  it("is what a toJSON throws for, or makes nothing of", () => {
    const broken = { toJSON: () => Object(undefined).a.b }
    expect(() => written(broken)).toThrow(
      /^json sends JSON values, and the flow emitted an object \(toJSON\): Cannot read/,
    )
    expect(() => written({ toJSON: () => undefined })).toThrow(/its toJSON returned nothing$/)
  })

  it("is looked for 500 levels deep, which no stack is too small for, and no deeper", () => {
    const nested = (depth: number, part: unknown, wrap: (inner: unknown) => unknown) => {
      let value = part
      for (let level = 0; level < depth; level++) value = wrap(value)
      return value
    }
    for (const wrap of [(inner: unknown) => [inner], (inner: unknown) => ({ a: inner })]) {
      expect(() => written(nested(500, new Map(), wrap))).toThrow(TypeError)
      expect(written(nested(501, new Map(), wrap))).toContain("{}")
    }
    const lists = (inner: unknown) => [inner]
    expect(written(nested(2_000, 1, lists))).toBe(`${"[".repeat(2_000)}1${"]".repeat(2_000)}`)
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

  it.each([undefined, null, true, "valid"])("must answer with a value or with issues: not with %s", (answer) => {
    const broken = schema<never>(() => answer as never)
    expect(() => json(broken).decode("1")).toThrow(
      /^json: the validate of a schema returned .*: \{ value \} or \{ issues \} is wanted$/,
    )
  })

  const asynchronous = "json: the schema is asynchronous. Validate synchronously here and use mapAsync for the rest."
})
