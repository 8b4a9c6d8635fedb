import fc from "fast-check"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { json } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"
import { refusal, utf8 } from "../support/refusal.ts"

describe("the depth of json (fault 41)", () => {
  const lists = (depth: number) => "[".repeat(depth) + "]".repeat(depth)
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`
  const tooDeep = (depth: number) => `A json message may be nested ${depth} deep`

  it("is at most 64 by default", () => {
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

  it("does not count brackets in texts", () => {
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

  it("is at most the allowed depth, for any value", () => {
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

  it("is found without recursion, for any depth", () => {
    expect(refusal(() => json().decode(lists(500_000)))).toBe(tooDeep(64))
    expect(refusal(() => json({ maxDepth: 400_000 }).decode(lists(500_000)))).toBe(tooDeep(400_000))
  })
})
