import { isDeepStrictEqual } from "node:util"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeRefs, encodeRefs } from "../../src/actor/ref-encoding.ts"
import { ActorRef, type AnyRef, PoisonPill } from "../../src/actor.ts"

class Ref extends ActorRef<unknown> {
  constructor(readonly path: string) {
    super()
  }
  tell(): void {}
  ask<Reply>(): Promise<Reply> {
    return Promise.reject(new Error("There is no actor"))
  }
}
const refTo = (path: string): AnyRef => new Ref(path)
/** The value after it was stored and restored. */
const kept = (value: unknown) => decodeRefs(structuredClone(encodeRefs(value)), refTo)

const plain = fc.oneof(fc.integer(), fc.string(), fc.constantFrom(null, undefined, true), fc.date(), fc.uint8Array())
const ref = fc.constantFrom<unknown>(new Ref("/room"), new Ref("/@1/2/a"), PoisonPill)
const key = fc.oneof(fc.constantFrom("sluice:actor", "__proto__", "constructor", "length"), fc.string())
const { value } = fc.letrec<{ value: unknown }>((tie) => {
  const inner = tie("value")
  const object = fc.array(fc.tuple(key, inner), { maxLength: 3 }).map(objectOf)
  const shared = inner.map((part) => [part, { again: part }, part])
  const circle = fc.array(inner, { maxLength: 2 }).map((parts): unknown => {
    const circle: unknown[] = [...parts]
    circle.push({ circle }, { "sluice:actor": circle })
    return circle
  })
  const map = fc.array(fc.tuple(inner, inner), { maxLength: 2 }).map((entries) => new Map(entries))
  const set = fc.array(inner, { maxLength: 2 }).map((parts) => new Set(parts))
  return {
    value: fc.oneof({ maxDepth: 4 }, plain, ref, object, fc.array(inner, { maxLength: 3 }), map, set, shared, circle),
  }
})

/** An object with these own keys, "__proto__" included. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  const object = {}
  for (const [key, value] of entries) {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  }
  return object
}

describe("an encoded value", () => {
  it("decodes to the same value", () => {
    fc.assert(
      fc.property(value, (value) => {
        // `isDeepStrictEqual` distinguishes an own key such as "constructor" from the inherited one.
        expect(isDeepStrictEqual(kept(value), value)).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  it("restores refs in objects, arrays, maps and sets", () => {
    const [a, b] = [new Ref("/a"), new Ref("/b")]
    const value = { list: [a], map: new Map<unknown, unknown>([[b, { a }]]), set: new Set([a]), pill: PoisonPill }
    const back = kept(value) as typeof value
    expect(back).toStrictEqual(value)
    expect(back.list[0]).toBeInstanceOf(Ref)
  })

  it.each([
    { "sluice:actor": "/room" },
    { "sluice:actor": true },
    { "sluice:actor": [{ "sluice:actor": "/room" }] },
    { "sluice:actor": { "sluice:actor": ["/room"] }, more: 1 },
  ])("is no ref because it looks like one: %j", (forged) => {
    const back = kept({ forged, ref: new Ref("/real") })
    expect(back).toStrictEqual({ forged, ref: new Ref("/real") })
    expect(kept(forged)).toStrictEqual(forged)
  })

  it("keeps shared references and cycles", () => {
    const part = { ref: new Ref("/a") }
    const circle: unknown[] = [part, part]
    circle.push(circle)
    const back = kept(circle) as unknown[]
    expect(back[0]).toBe(back[1])
    expect(back[2]).toBe(back)
  })

  it("does not take its prototype from a key __proto__", () => {
    const value = kept(
      objectOf([
        ["__proto__", { admin: true }],
        ["ref", new Ref("/a")],
      ]),
    )
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(value).not.toHaveProperty("admin")
  })
})

describe("a value without refs", () => {
  it("is encoded as itself, without a copy", () => {
    const value = { list: [1, { two: new Map([[3, new Set([4])]]) }] }
    expect(encodeRefs(value)).toBe(value)
  })
})
