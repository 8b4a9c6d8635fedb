import { Parser } from "@asyncapi/parser"
import { text } from "sluice"
import { asyncApiDocument } from "sluice/asyncapi"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it } from "vitest"

const info = { title: "Sluice", version: "1.0.0" }

/** The message of a schema in a document in which the parser finds no fault. */
async function messageOf(sends: v.GenericSchema) {
  const document = asyncApiDocument(info, [protocol("/", { receives: text, sends })])
  const { diagnostics } = await new Parser().parse(JSON.stringify(document))
  expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([])
  return document.channels.root?.messages["send-message"]
}

describe("the JSON Schema of a message", () => {
  it.each([
    { name: "union", schema: v.union([]), expected: { not: {} } },
    { name: "variant", schema: v.variant("type", []), expected: { not: {} } },
    { name: "picklist", schema: v.picklist([]), expected: { not: {} } },
    { name: "tuple", schema: v.tuple([]), expected: { type: "array" } },
    { name: "strict tuple", schema: v.strictTuple([]), expected: { type: "array", items: false } },
    {
      name: "tuple with a rest",
      schema: v.tupleWithRest([], v.number()),
      expected: { type: "array", items: { type: "number" } },
    },
  ])("is valid for an empty $name", async ({ schema, expected }) => {
    expect((await messageOf(schema))?.payload).toMatchObject(expected)
  })

  it("has each value of a picklist once", async () => {
    expect((await messageOf(v.picklist(["a", "b", "a"])))?.payload).toMatchObject({ enum: ["a", "b"] })
  })

  it("has a pattern only where its flags do not change what it matches", async () => {
    const unicode = await messageOf(v.pipe(v.string(), v.regex(/^\p{L}+$/u)))
    expect(unicode).toMatchObject({ payload: { type: "string", pattern: "^\\p{L}+$" } })
    expect(unicode?.description).toBe(undefined)
    const caseless = await messageOf(v.pipe(v.string(), v.startsWith("x"), v.regex(/^[a-z]+$/i)))
    expect(caseless?.payload).toEqual({ type: "string", pattern: "^x" })
    const alone = await messageOf(v.object({ name: v.pipe(v.string(), v.regex(/^[a-z]+$/i)) }))
    expect(alone).toMatchObject({ description: "Not in this schema: regex." })
    expect(alone?.payload).toMatchObject({ properties: { name: { type: "string" } } })
    expect(JSON.stringify(alone)).not.toContain("pattern")
  })

  it("lists a check of a list that it has no keyword for", async () => {
    const message = await messageOf(v.pipe(v.array(v.string()), v.includes("a")))
    expect(message?.description).toBe("Not in this schema: includes.")
    expect(message?.payload).toEqual({ type: "array", items: { type: "string" } })
  })

  it("lists no brand, which the wire does not show, and no record, which it describes", async () => {
    const Id = v.pipe(v.string(), v.brand("Id"), v.readonly())
    const message = await messageOf(v.object({ id: Id, counts: v.record(v.picklist(["a", "b"]), v.number()) }))
    expect(message?.description).toBe(undefined)
    expect(message?.payload).toMatchObject({ properties: { counts: { propertyNames: { enum: ["a", "b"] } } } })
  })

  it("has no default that is made anew each time, or is not JSON", async () => {
    let made = 0
    const schema = v.object({
      id: v.optional(v.string(), () => `${++made}`),
      ratio: v.optional(v.number(), Number.NaN),
      tags: v.optional(v.any(), new Map()),
      name: v.optional(v.string(), "Ann"),
      default: v.string(),
    })
    const tree: v.GenericSchema = v.object({ schema, trees: v.array(v.lazy(() => tree)) })
    expect((await messageOf(schema))?.payload).toMatchObject({
      properties: {
        id: { type: "string" },
        ratio: { type: "number" },
        name: { type: "string", default: "Ann" },
        default: {},
      },
      required: ["default"],
    })
    expect(JSON.stringify(await messageOf(tree)).match(/"default":"/g)).toHaveLength(1)
    expect(made).toBe(0)
  })

  it("has the schema inside one that takes away undefined or null", async () => {
    const partial = v.object({ name: v.optional(v.string()), size: v.nullish(v.number()) })
    expect((await messageOf(v.required(partial)))?.payload).toEqual({
      type: "object",
      properties: { name: { type: "string" }, size: { anyOf: [{ type: "number" }, { type: "null" }] } },
      required: ["name", "size"],
    })
    const size = await messageOf(v.object({ size: v.nonNullish(v.nullish(v.number())) }))
    expect(size?.payload).toMatchObject({ properties: { size: { not: { type: "null" } } }, required: ["size"] })
    expect(size?.description).toBe(undefined)
    const either = await messageOf(v.nonNullable(v.union([v.string(), v.null()])))
    expect(either?.payload).toMatchObject({ anyOf: [{ type: "string" }, { type: "null" }], not: { type: "null" } })
  })

  it("takes a list without the items at the end of a tuple that may be undefined", async () => {
    const tuple = v.tuple([v.optional(v.string()), v.number(), v.nullish(v.string()), v.undefinedable(v.number())])
    expect((await messageOf(tuple))?.payload).toMatchObject({ minItems: 2 })
    expect((await messageOf(v.tuple([v.nonOptional(v.optional(v.string()))])))?.payload).toMatchObject({ minItems: 1 })
    const list = v.object({ names: v.optional(v.pipe(v.array(v.string()), v.minLength(3))) })
    expect((await messageOf(list))?.payload).toMatchObject({ properties: { names: { minItems: 3 } } })
  })

  it("takes what several options of a variant take", async () => {
    const overlapping = v.variant("type", [
      v.object({ type: v.literal("a"), text: v.optional(v.string()) }),
      v.object({ type: v.literal("a"), size: v.optional(v.number()) }),
    ])
    expect((await messageOf(overlapping))?.payload).toEqual({ anyOf: [expect.any(Object), expect.any(Object)] })
  })

  describe("has no check that valibot makes after a transformation", () => {
    const trimmed = v.pipe(v.string(), v.trim(), v.maxLength(10))
    const number = v.pipe(
      v.string(),
      v.minLength(1),
      v.transform(Number),
      v.number(),
      v.minValue(1),
      v.description("A count"),
    )

    it.each([
      ["a changed text", trimmed, { type: "string" }, "trim, max_length"],
      ["a text in lower case", v.pipe(v.string(), v.toLowerCase(), v.regex(/^[a-z]$/)), {}, "to_lower_case, regex"],
      [
        "another type",
        number,
        { type: "string", minLength: 1, description: "A count" },
        "transform, number, min_value",
      ],
      ["a pipe in a pipe", v.pipe(trimmed, v.minLength(2)), { type: "string" }, "trim, max_length, min_length"],
      ["a wrapped pipe", v.pipe(v.nonNullable(trimmed), v.minLength(2)), {}, "trim, max_length, min_length"],
      ["a union", v.pipe(v.union([trimmed, v.string()]), v.minLength(2)), {}, "trim, max_length, min_length"],
      ["an object without its other keys", v.pipe(v.object({}), v.maxEntries(1)), { type: "object" }, "max_entries"],
      ["a fallback", v.pipe(v.fallback(v.string(), "a"), v.maxLength(1)), { default: "a" }, "fallback, max_length"],
      ["a part", v.object({ name: trimmed }), { properties: { name: { type: "string" } } }, "trim, max_length"],
    ])("of %s", async (_, schema: v.GenericSchema, payload, leftOut) => {
      const message = await messageOf(schema)
      expect(message?.payload).toMatchObject(payload)
      expect(JSON.stringify(message?.payload)).not.toMatch(/maxLength|"minLength":2|pattern|minimum|maxProperties/)
      expect(message?.description).toBe(`Not in this schema: ${leftOut}.`)
    })

    it("and those before it, and of lists whose items it changes", async () => {
      const message = await messageOf(v.pipe(v.array(trimmed), v.maxLength(3)))
      expect(message?.payload).toEqual({ type: "array", items: { type: "string" }, maxItems: 3 })
      const branded = await messageOf(v.pipe(v.string(), v.brand("Id"), v.maxLength(3)))
      expect(branded).toMatchObject({ payload: { maxLength: 3 } })
      expect(branded?.description).toBe(undefined)
    })
  })

  it("takes any value, or none, where valibot falls back to another", async () => {
    const name = v.fallback(v.pipe(v.string(), v.maxLength(3)), "Ann")
    const at = v.fallback(v.number(), () => 1)
    const message = await messageOf(v.object({ name, at, fallback: v.string() }))
    expect(message?.payload).toEqual({
      type: "object",
      properties: { name: { default: "Ann" }, at: {}, fallback: { type: "string" } },
      required: ["fallback"],
    })
    expect(message?.description).toBe("Not in this schema: fallback.")
  })

  describe("has no key that AsyncAPI's tools take for a reference", () => {
    it("of a property, which a pattern describes", async () => {
      const message = await messageOf(v.strictObject({ $ref: v.pipe(v.string(), v.maxLength(3)), name: v.string() }))
      expect(message?.payload).toEqual({
        type: "object",
        properties: { name: { type: "string" } },
        patternProperties: { "^\\$ref$": { type: "string", maxLength: 3 } },
        required: ["$ref", "name"],
        additionalProperties: false,
      })
      const tree: v.GenericSchema = v.object({ $ref: v.nullable(v.lazy(() => tree)), $defs: v.optional(v.string()) })
      expect((await messageOf(tree))?.payload).toMatchObject({ patternProperties: {}, required: ["$ref"] })
    })

    it("of a query", async () => {
      const query = v.object({ $ref: v.string() })
      const document = asyncApiDocument(info, [protocol("/", { receives: text, sends: text, query })])
      const { diagnostics } = await new Parser().parse(JSON.stringify(document))
      expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([])
      expect(document.channels.root?.bindings.ws.query).toMatchObject({ properties: {}, required: ["$ref"] })
    })

    it("of a value, which is left out", async () => {
      const linked = v.object({ link: v.optional(v.any(), { $ref: "/etc/passwd" }), default: v.string() })
      const message = await messageOf(linked)
      expect(message?.description).toBe("Not in this schema: default.")
      expect(message?.payload).toMatchObject({ properties: { link: {}, default: { type: "string" } } })
      expect(JSON.stringify(message)).not.toContain("$ref")
      const examples = { sends: [{ link: { $ref: "/etc/passwd" }, default: "" }, { default: "a" }] }
      const exampled = protocol("/", { receives: text, sends: linked, examples })
      const { messages } = asyncApiDocument(info, [exampled]).channels.root ?? {}
      expect(messages?.["send-message"]?.examples).toEqual([{ payload: { default: "a" } }])
    })
  })
})
