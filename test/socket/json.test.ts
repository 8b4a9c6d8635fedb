import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { json, type StandardSchema } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"
import { refusal, utf8 } from "../support/refusal.ts"

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

  it("sends text with the same value", () => {
    fc.assert(
      fc.property(fc.json(), (input) => {
        const value: JsonValue = JSON.parse(input)
        expect(values.decode(String(values.encode(value)))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it.each(["", "{", "undefined", "{'a': 1}", "1 2", "NaN"])("refuses text that is not JSON with 1003: %j", (input) => {
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

describe("the arguments of json (fault I)", () => {
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

  it.each([0, -1, Number.NaN, "5" as never])("need a depth of at least 1: %s", (maxDepth) => {
    expect(() => json({ maxDepth })).toThrow(RangeError)
  })

  it("may be a schema that is a function", () => {
    const schema = Object.assign(() => 1, {
      "~standard": { version: 1 as const, vendor: "own", validate: () => ({ value: 5 }) },
    })
    expect(json(schema).decode("1")).toBe(5)
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

describe("a value that JSON does not have (faults 23 and I)", () => {
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
  ])("is none of these: %#", (value, text) => {
    expect(written(value)).toBe(text)
  })

  it("is a hole of a list", () => {
    expect(() => written(new Array(2))).toThrow(begin)
    expect(() => written({ list: [1, new Array(1)] })).toThrow(begin)
  })

  it("is a value that contains itself", () => {
    const ring: { id: number; self?: unknown; again?: unknown } = { id: 1 }
    ring.self = ring
    ring.again = ring
    expect(() => written(ring)).toThrow(
      /^json sends JSON values, and the flow emitted an object \(id, self, again\): .*circular/i,
    )
    expect(() => written({ ...ring, id: 5n })).toThrow(`${begin} a bigint (5) at id: map it with String`)
  })

  it("is a value whose toJSON throws, or returns undefined", () => {
    const broken = { toJSON: () => Object(undefined).a.b }
    expect(() => written(broken)).toThrow(
      /^json sends JSON values, and the flow emitted an object \(toJSON\): Cannot read/,
    )
    expect(() => written({ toJSON: () => undefined })).toThrow(/its toJSON returned nothing$/)
  })

  it("is searched 500 levels deep, for which every stack suffices, and no deeper", () => {
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
