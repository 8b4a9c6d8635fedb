import { Parser } from "@asyncapi/parser"
import { text } from "sluice"
import { asyncApiDocument } from "sluice/asyncapi"
import { protocol } from "sluice/protocol"
import { describe, expect, it, vi } from "vitest"

const info = { title: "Sluice", version: "1.0.0" }

/** A schema of another library, which describes itself as Standard JSON Schema. */
function standard(described: Record<string, unknown> | Error) {
  const convert = ({ target }: { target: string }) => {
    if (described instanceof Error) throw described
    return { $schema: target, ...described }
  }
  return {
    "~standard": {
      version: 1,
      vendor: "other",
      validate: (value: unknown) => ({ value: value as object }),
      jsonSchema: { input: convert, output: () => ({ type: "null" }) },
    },
  } as const
}

/** The document of a protocol, in which the parser finds no fault. */
async function documentOf(sends: ReturnType<typeof standard>, query = standard({ type: "object" })) {
  const document = asyncApiDocument(info, [protocol("/", { receives: text, sends, query })])
  const { diagnostics } = await new Parser().parse(JSON.stringify(document))
  expect(diagnostics.filter(({ severity }) => severity < 2)).toEqual([])
  const { messages = {}, bindings } = document.channels.root ?? {}
  return { messages, message: messages["send-message"], bindings, schemas: document.components?.schemas }
}

describe("a schema with Standard JSON Schema", () => {
  it("is described by that of its input, for draft 07, to which AsyncAPI's schemas belong", async () => {
    const asked = vi.fn(() => ({ type: "string", maxLength: 3 }))
    const schema = standard({})
    const spied = { "~standard": { ...schema["~standard"], jsonSchema: { input: asked, output: () => ({}) } } }
    const { message } = await documentOf(spied as never)
    expect(asked).toHaveBeenCalledWith({ target: "draft-07" })
    expect(message).toEqual({
      name: "message",
      contentType: "application/json",
      description: undefined,
      payload: { type: "string", maxLength: 3 },
    })
  })

  it("gives each of its alternatives a message, and the query its properties", async () => {
    const event = (type: string) => ({ type: "object", properties: { type: { const: type } }, required: ["type"] })
    const query = { type: "object", properties: { name: { type: "string" } } }
    const { messages, bindings } = await documentOf(standard({ oneOf: [event("a"), event("b")] }), standard(query))
    expect(Object.keys(messages)).toEqual(["receive-message", "send-a", "send-b"])
    expect(bindings?.ws.query).toEqual(query)
  })

  it.each(["definitions", "$defs"])("has the schemas that it refers to among the components: %s", async (key) => {
    const reference = (id: string) => ({ $ref: `#/${key}/${id}` })
    const { message, schemas } = await documentOf(
      standard({
        type: "object",
        properties: { tree: reference("a~1tree"), $ref: { $ref: "#" }, name: { $ref: "#/properties/tree" } },
        [key]: { "a/tree": { type: "array", items: reference("a~1tree") } },
      }),
    )
    const tree = { $ref: "#/components/schemas/root-send-a-tree" }
    const root = {
      type: "object",
      properties: { tree, name: { $ref: "#/components/schemas/root-send/properties/tree" } },
      patternProperties: { "^\\$ref$": { $ref: "#/components/schemas/root-send" } },
    }
    expect(message?.payload).toEqual(root)
    expect(schemas).toEqual({ "root-send-a-tree": { type: "array", items: tree }, "root-send": root })
  })

  it("is left out if it does not support this draft, as one without Standard JSON Schema is", async () => {
    const { message } = await documentOf(standard(new Error("Unsupported target")))
    expect(message).toMatchObject({ payload: {}, description: "Not in this schema: a schema of other." })
    const { jsonSchema: _, ...plain } = standard({})["~standard"]
    expect((await documentOf({ "~standard": plain } as never)).message).toMatchObject({
      payload: {},
      description: "Not in this schema: a schema of other.",
    })
  })
})
