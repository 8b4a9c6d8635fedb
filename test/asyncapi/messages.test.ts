import { Parser } from "@asyncapi/parser"
import { Hono } from "hono"
import { binary, json, messages, text } from "sluice"
import { asyncApiDocument, type DescribedProtocol } from "sluice/asyncapi"
import { protocol, type Speech } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it } from "vitest"

const info = { title: "Sluice", version: "1.0.0" }

/** The only channel of a document in which the parser finds no fault. */
async function channelOf(described: DescribedProtocol) {
  const document = asyncApiDocument(info, [described])
  const { diagnostics } = await new Parser().parse(JSON.stringify(document))
  expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([])
  return Object.values(document.channels)[0]
}

async function sentBy(sends: Speech) {
  const channel = await channelOf(protocol("/", { receives: text, sends }))
  return Object.entries(channel?.messages ?? {}).filter(([key]) => key.startsWith("send-"))
}

describe("the messages of a variant", () => {
  const named = (...types: (string | string[])[]) =>
    v.variant(
      "type",
      types.map((type) => v.object({ type: typeof type === "string" ? v.literal(type) : v.picklist(type) })),
    )

  it("have different names where their values give the same name", async () => {
    const sent = await sentBy(named(["b", "a"], "10", "2", "b-or-a", "b-or-a-2"))
    expect(sent.map(([key]) => key)).toEqual(["send-b-or-a", "send-10", "send-2", "send-b-or-a-2", "send-b-or-a-2-2"])
    expect(sent.map(([, { name }]) => name)).toEqual(["b-or-a", "10", "2", "b-or-a-2", "b-or-a-2-2"])
  })

  it("have names and well-formed ones, also for an empty value and half a surrogate pair", async () => {
    expect((await sentBy(named("", "\ud800"))).map(([key]) => key)).toEqual(["send-message", "send-\ufffd"])
  })

  it("are one message if they may lack the key that tells them apart", async () => {
    const schema = v.variant("type", [
      v.object({ type: v.optional(v.literal("a")), a: v.string() }),
      v.object({ type: v.literal("b") }),
    ])
    const sends = protocol("/", { receives: text, sends: schema, examples: { sends: [{ a: "x" }, { type: "b" }] } })
    const message = (await channelOf(sends))?.messages["send-message"]
    expect(message?.payload).toMatchObject({ anyOf: [{ required: ["a"] }, { required: ["type"] }] })
    expect(message?.examples).toEqual([{ payload: { a: "x" } }, { payload: { type: "b" } }])
  })

  it("have the description of the variant", async () => {
    const described = v.pipe(
      named("a", "b"),
      v.description("What happens"),
      v.check(() => true),
    )
    const texts = (await sentBy(described)).map(([, { description }]) => description)
    expect(texts).toEqual(Array(2).fill("What happens\n\nNot in this schema: check."))
  })
})

describe("the examples of messages", () => {
  const shown = async (sends: Speech, ...examples: unknown[]) => {
    const described = protocol("/", { receives: text, sends, examples: { sends: examples as never[] } })
    return (await channelOf(described))?.messages["send-message"]?.examples?.map(({ payload }) => payload)
  }

  it("are as a codec encodes them", async () => {
    expect(await shown(text, "hi")).toEqual(["hi"])
    expect(await shown(text.contramap(String), 5)).toEqual(["5"])
    expect(await shown(binary, new TextEncoder().encode("hé"))).toEqual(["h\u00c3\u00a9"])
    expect(await shown(json(), { a: [1] })).toEqual([{ a: [1] }])
    expect(await shown(messages, { type: "text", text: "hi" }, { type: "close", code: 1000, reason: "" })).toEqual([
      "hi",
    ])
  })

  it("are as JSON writes them, and are refused if it cannot", async () => {
    const schema = v.object({ at: v.any() })
    expect(await shown(schema, { at: new Date(0) })).toEqual([{ at: "1970-01-01T00:00:00.000Z" }])
    await expect(shown(schema, { at: 1n })).rejects.toThrow(
      "An example of a message is JSON, and one has a bigint (1) at at",
    )
  })
})

describe("the channel of a protocol", () => {
  const rooms = protocol("/rooms/:room", { receives: text, sends: text })

  it("has the prefix of under in its address", async () => {
    expect(await channelOf(rooms.under("api/:tenant/"))).toMatchObject({
      address: "/api/{tenant}/rooms/{room}",
      parameters: { tenant: {}, room: {} },
    })
    expect(await channelOf(protocol("/", { receives: text, sends: text }).under("/api"))).toMatchObject({
      address: "/api",
    })
  })

  it("has the basePath of its app in its address, as its URL has", async () => {
    const based = protocol("/rooms", { receives: text, sends: text })
    based.on(new Hono().basePath("/v1"), (c) => c.text(""))
    expect((await channelOf(based))?.address).toBe("/v1/rooms")
    const plain = protocol("/", { receives: text, sends: text })
    plain.on(new Hono(), (c) => c.text(""))
    expect((await channelOf(plain))?.address).toBe("/")
  })

  it.each([
    { name: "record", query: v.record(v.string(), v.string()) },
    { name: "intersect", query: v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })]) },
    { name: "any", query: v.custom<object>(() => true) },
  ])("has a query with the properties that the binding needs: $name", async ({ query }) => {
    const queried = protocol("/", { receives: text, sends: text, query })
    expect((await channelOf(queried))?.bindings.ws.query).toMatchObject({ type: "object", properties: {} })
  })
})
