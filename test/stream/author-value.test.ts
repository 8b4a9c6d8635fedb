import { describe, expect, it } from "vitest"
import { describeValue, isPromise, wrongValue } from "../../src/stream/author-value.ts"
import { Flow } from "../../src/stream/flow.ts"

class Foo {
  readonly secret = "s3cr3t"
}

const thenable = Object.fromEntries(["then"].map((name) => [name, () => {}]))

const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error("no look")
    },
    getPrototypeOf() {
      throw new Error("no look")
    },
    has() {
      throw new Error("no look")
    },
  },
)

const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()

describe("a value in words", () => {
  it.each<[unknown, string]>([
    [7, "a number (7)"],
    [Number.NaN, "a number (NaN)"],
    [-0, "a number (-0)"],
    [7n, "a bigint (7)"],
    [true, "a boolean (true)"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("it"), "a symbol (Symbol(it))"],
    ["text", '"text"'],
    ["", '""'],
    ["line\n  line", '"line\\n  line"'],
    [Promise.resolve(), "a promise"],
    [thenable, "a promise"],
    [() => 1, "a function"],
    [async () => 1, "a function"],
    [Foo, "the class Foo"],
    [class {}, "the class without a name"],
    [new Foo(), "an instance of Foo"],
    [new Date(0), "an instance of Date"],
    [new Uint8Array(3), "an instance of Uint8Array"],
    [new TypeError("no"), "an instance of TypeError"],
    [new Map(), "an instance of Map"],
    [new (class {})(), "an instance of a class without a name"],
    [new (class t extends Flow<string, string> {})([]), "an instance of Flow"],
    [[1, 2, 3], "an array of 3"],
    [{}, "an empty object"],
    [{ id: 1, name: "secret" }, "an object (id, name)"],
    [Object.create(null), "an empty object"],
    [{ constructor: 7 }, "an object (constructor)"],
    [(async function* () {})(), "an instance of AsyncGenerator"],
  ])("%# is short and to the point", (value, words) => {
    expect(describeValue(value)).toBe(words)
  })

  it("is cut after 40 characters, between characters", () => {
    expect(describeValue("x".repeat(41))).toBe(`"${"x".repeat(40)}…"`)
    expect(describeValue("x".repeat(40))).toBe(`"${"x".repeat(40)}"`)
    expect(describeValue(`${"x".repeat(39)}😀😀`)).toBe(`"${"x".repeat(39)}😀…"`)
    expect(describeValue(10n ** 400n).length).toBeLessThan(60)
    expect(describeValue(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`key${n}`, n]))).length).toBeLessThan(
      60,
    )
  })

  it("has no half surrogate pair", () => {
    expect(describeValue("\ud83d").isWellFormed()).toBe(true)
  })

  it("never throws", () => {
    expect(describeValue(throwing)).toBe("a value of type object")
    expect(describeValue(revoked)).toBe("a value of type object")
  })
})

it("an error for a wrong value has the expected value, the actual one and the remedy", () => {
  const error = wrongValue("text sends strings, and the flow emitted", 7, "map it with String, or use json()")
  expect(error).toBeInstanceOf(TypeError)
  expect(error.message).toBe("text sends strings, and the flow emitted a number (7): map it with String, or use json()")
})

it("a promise is known by its then", () => {
  expect([Promise.resolve(), thenable, async () => {}, {}, null, "then"].map(isPromise)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})
