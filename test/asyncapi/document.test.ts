import { Parser } from "@asyncapi/parser"
import { Hono } from "hono"
import { binary, json, text } from "sluice"
import { asyncApi, asyncApiDocument } from "sluice/asyncapi"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { describe, expect, it } from "vitest"
import { protocols } from "../../src/examples/protocols.ts"
import { info as demoInfo } from "../../src/web/document.ts"

const info = { title: "Sluice", version: "1.0.0" }
const chat = protocol("/rooms/:room{[a-z]+}/:seat?", {
  summary: "A room in which people chat",
  description: "Members say things.",
  params: { room: "The name of the room" },
  query: v.object({ name: v.pipe(v.string(), v.trim(), v.maxLength(32)) }),
  receives: v.object({
    type: v.literal("say"),
    text: v.pipe(
      v.string(),
      v.check((said) => said !== ""),
      v.maxLength(2000),
    ),
  }),
  sends: v.variant("type", [
    v.object({
      type: v.literal("said"),
      at: v.pipe(
        v.number(),
        v.transform((time) => new Date(time)),
      ),
    }),
    v.object({ type: v.picklist(["joined", "left"]), name: v.string() }),
  ]),
  closes: { 4001: "Kicked" },
  examples: { receives: [{ type: "say", text: "hi" }], sends: [{ type: "left", name: "Ann" }] },
})
const echo = protocol("/echo", { receives: text, sends: text })
interface Tree {
  readonly children: readonly Tree[]
}
const Tree: v.GenericSchema<Tree> = v.object({ children: v.array(v.lazy(() => Tree)) })
const trees = protocol("/trees", {
  query: v.object({ tree: v.lazy(() => Tree) }),
  receives: Tree,
  sends: v.variant("type", [
    v.object({ type: v.literal("tree/grown"), tree: Tree }),
    v.object({ type: v.picklist(["50% cut", "~felled"]), trees: v.array(v.lazy(() => Tree)) }),
  ]),
})
const mixed = protocol("/echo", { receives: binary, sends: json() })

describe("the AsyncAPI document", () => {
  const document = asyncApiDocument(info, [chat, echo, mixed], "https://example.com/asyncapi.json")

  const demo = asyncApiDocument(demoInfo, Object.values(protocols), "https://example.com/asyncapi.json")

  it.each([
    { name: "one with all kinds of schemas", document, channels: 3 },
    {
      name: "one with recursive schemas, and messages with strange names",
      document: asyncApiDocument(info, [trees, trees]),
      channels: 2,
    },
    { name: "that of the demo", document: demo, channels: Object.keys(protocols).length },
  ])("is a document of 3.1.0 in which the parser finds no fault: $name", async ({ document, channels }) => {
    expect(document.asyncapi).toBe("3.1.0")
    const { diagnostics, document: parsed } = await new Parser().parse(JSON.stringify(document))
    // 0 is an error, 1 a warning; 2 is a hint that a contact and the like could be added.
    expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([])
    expect(parsed?.channels().length).toBe(channels)
  })

  it("describes the address, its params, its query and its close codes", () => {
    const { messages, ...channel } = document.channels["rooms-room-seat"] ?? {}
    expect(channel).toEqual({
      address: "/rooms/{room}/{seat}",
      summary: "A room in which people chat",
      description:
        "Members say things.\n\nCloses with 4001: Kicked.\n\nNot in the schema of the query: trim, max_length.",
      parameters: { room: { description: "The name of the room" }, seat: {} },
      bindings: {
        ws: {
          method: "GET",
          query: {
            type: "object",
            properties: { name: expect.objectContaining({ type: "string" }) },
            required: ["name"],
          },
          bindingVersion: "0.1.0",
        },
      },
      "x-close-codes": { 4001: "Kicked" },
    })
  })

  it("names the messages of a variant, with their examples and the checks that their schemas omit", () => {
    const { messages = {} } = document.channels["rooms-room-seat"] ?? {}
    expect(Object.keys(messages)).toEqual(["receive-message", "send-said", "send-joined-or-left"])
    expect(messages["receive-message"]).toMatchObject({
      contentType: "application/json",
      description: "Not in this schema: check.",
      examples: [{ payload: { type: "say", text: "hi" } }],
    })
    expect(messages["send-said"]?.payload).toMatchObject({ properties: { at: { type: "number" } } })
    expect(messages["send-said"]?.examples).toBe(undefined)
    expect(messages["send-joined-or-left"]?.examples).toEqual([{ payload: { type: "left", name: "Ann" } }])
  })

  it("has the schemas that refer to themselves among its components", () => {
    const { components, channels } = asyncApiDocument(info, [trees])
    const { messages = {} } = channels.trees ?? {}
    expect(messages["receive-message"]?.payload).toMatchObject({
      properties: { children: { items: { $ref: "#/components/schemas/trees-receive-0" } } },
    })
    expect(components?.schemas["trees-receive-0"]).toMatchObject({
      properties: { children: { items: { $ref: "#/components/schemas/trees-receive-0" } } },
    })
    expect(asyncApiDocument(info, [echo]).components).toBe(undefined)
  })

  it("refers to messages by pointers, also those with strange names", () => {
    const { operations } = asyncApiDocument(info, [trees])
    expect(operations["send-trees"]?.messages).toEqual([
      { $ref: "#/channels/trees/messages/send-tree~1grown" },
      { $ref: "#/channels/trees/messages/send-50%25%20cut-or-~0felled" },
    ])
  })

  it("lists the transformations of a schema and of its parts", () => {
    const At = v.pipe(
      v.number(),
      v.transform((time) => new Date(time)),
    )
    const timed = (sends: v.GenericSchema) =>
      asyncApiDocument(info, [protocol("/", { receives: text, sends })]).channels.root?.messages["send-message"]
        ?.description
    for (const schema of [At, v.object({ at: v.optional(At) }), v.array(v.lazy(() => v.union([v.string(), At])))]) {
      expect(timed(schema)).toBe("Not in this schema: transform.")
    }
    expect(timed(v.number())).toBe(undefined)
  })

  it("is JSON, also with a default that is not", () => {
    const counted = protocol("/", { receives: v.object({ count: v.optional(v.bigint(), 1n) }), sends: text })
    const { payload, description } = asyncApiDocument(info, [counted]).channels.root?.messages["receive-message"] ?? {}
    expect(JSON.parse(JSON.stringify(payload))).toEqual({ type: "object", properties: { count: {} }, required: [] })
    expect(description).toBe("Not in this schema: bigint.")
  })

  it("describes no param by what each object inherits", () => {
    const odd = protocol("/items/:constructor", { receives: text, sends: text })
    expect(asyncApiDocument(info, [odd]).channels["items-constructor"]?.parameters?.constructor).toEqual({})
  })

  it("reads the params of a path as Hono does", () => {
    const odd = protocol("files/a:b/:path{[^/]+}", { receives: text, sends: text })
    expect(asyncApiDocument(info, [odd]).channels["files-a-b-path"]).toMatchObject({
      address: "/files/a:b/{path}",
      parameters: { path: {} },
    })
  })

  it("receives and sends as the server does", () => {
    expect(document.operations["receive-rooms-room-seat"]).toEqual({
      action: "receive",
      channel: { $ref: "#/channels/rooms-room-seat" },
      messages: [{ $ref: "#/channels/rooms-room-seat/messages/receive-message" }],
    })
    expect(document.operations["send-rooms-room-seat"]?.messages).toHaveLength(2)
  })

  it("describes the messages of codecs, and gives two protocols of one path different names", () => {
    const types = (id: string) =>
      Object.values(document.channels[id]?.messages ?? {}).map(({ contentType }) => contentType)
    expect(types("echo")).toEqual(["text/plain", "text/plain"])
    expect(types("echo-2")).toEqual(["application/octet-stream", "application/json"])
  })

  it.each([
    ["nothing", undefined],
    ["a protocol", echo],
    ["a list of codecs", [text]],
  ])("is refused where it is declared, for anything but a list of protocols: %s", (_, given) => {
    const error = "An AsyncAPI document takes a list of protocols: write asyncApi(info, [chat])"
    expect(() => asyncApi(info, given as never)).toThrow(error)
    expect(() => asyncApiDocument(info, given as never)).toThrow(error)
  })

  it("is served with the host of the request", async () => {
    const app = new Hono().get("/asyncapi.json", asyncApi(info, [echo]))
    const served = await (await app.request("http://example.com/asyncapi.json")).json()
    expect(served).toMatchObject({ info, servers: { default: { host: "example.com", protocol: "ws" } } })
  })
})
