import type { Closes } from "../protocol/elements.ts"
import { merged, param } from "../routing/address.ts"
import type { StandardSchema } from "../socket/json.ts"
import type { Speech } from "../socket/speech.ts"
import { describeSchema, leftOutText } from "./json-schema.ts"
import { type MessageObject, messagesOf } from "./messages.ts"
import { escaped, freeName } from "./names.ts"
import type { Components } from "./references.ts"

/** The title and the version of the document; more fields of AsyncAPI's Info Object can be added. */
export interface AsyncApiInfo {
  readonly title: string
  readonly version: string
  readonly description?: string
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string }
  readonly license?: { readonly name: string; readonly url?: string }
}

/** The parts of a protocol that a document uses. */
export interface DescribedProtocol {
  readonly path: string
  /** The path with its prefix. Default: `path` */
  readonly address?: string
  readonly query?: unknown
  readonly receives: Speech
  readonly sends: Speech
  readonly closes: Closes
  readonly summary?: string
  readonly description?: string
  readonly params?: { readonly [name: string]: string | undefined }
  readonly examples?: { readonly receives?: readonly unknown[]; readonly sends?: readonly unknown[] }
}

/** An address of the document. */
export interface ChannelObject {
  readonly address: string
  readonly summary?: string
  readonly description?: string
  readonly parameters?: Record<string, { readonly description?: string }>
  readonly messages: Record<string, MessageObject>
  readonly bindings: { readonly ws: Record<string, unknown> }
  /** The close codes of the application, which AsyncAPI has no field for. */
  readonly "x-close-codes"?: Closes
}

interface Reference {
  readonly $ref: string
}

interface OperationObject {
  readonly action: "receive" | "send"
  readonly channel: Reference
  readonly messages: readonly Reference[]
}

/** A document of AsyncAPI 3.1.0. */
export interface AsyncApiDocument {
  readonly asyncapi: "3.1.0"
  readonly info: AsyncApiInfo
  readonly servers?: Record<string, { readonly host: string; readonly protocol: "ws" | "wss" }>
  readonly defaultContentType: string
  readonly channels: Record<string, ChannelObject>
  readonly operations: Record<string, OperationObject>
  /** The schemas that refer to themselves. */
  readonly components?: { readonly schemas: Record<string, unknown> }
}

/**
 * The AsyncAPI document of some protocols, from the server's side: it receives the messages of `receives`, and sends those of `sends`.
 *
 * @param server the URL where they are served. Default: the document names no server
 * @throws a `TypeError` for anything but a list of protocols
 */
export function asyncApiDocument(
  info: AsyncApiInfo,
  protocols: readonly DescribedProtocol[],
  server?: string,
): AsyncApiDocument {
  requireProtocols(protocols)
  const channels: Record<string, ChannelObject> = {}
  const operations: Record<string, OperationObject> = {}
  const schemas: Record<string, unknown> = {}
  for (const protocol of protocols) {
    const id = freeName(idOf(pathOf(protocol)), (name) => name in channels)
    const under = (part: string) => ({ schemas, prefix: `${id}-${part}` })
    const ways = [
      ["receive", messagesOf(protocol.receives, "message", under("receive"), protocol.examples?.receives)],
      ["send", messagesOf(protocol.sends, "message", under("send"), protocol.examples?.sends)],
    ] as const
    const keyed = ways.map(([action, messages]) => ({
      action,
      messages,
      keys: messages.map(({ name }) => `${action}-${name}`),
    }))
    channels[id] = {
      ...channelOf(protocol, under("query")),
      messages: Object.fromEntries(
        keyed.flatMap(({ messages, keys }) => messages.map((message, at) => [keys[at], message])),
      ),
    }
    for (const { action, keys } of keyed) {
      operations[`${action}-${id}`] = {
        action,
        channel: { $ref: `#/channels/${id}` },
        messages: keys.map((key) => ({ $ref: `#/channels/${id}/messages/${escaped(key)}` })),
      }
    }
  }
  const url = server === undefined ? undefined : new URL(server)
  return {
    asyncapi: "3.1.0",
    info,
    ...(url && {
      servers: { default: { host: url.host, protocol: /^(https|wss):$/.test(url.protocol) ? "wss" : "ws" } },
    }),
    defaultContentType: "application/json",
    channels,
    operations,
    ...(Object.keys(schemas).length > 0 && { components: { schemas } }),
  }
}

export function requireProtocols(protocols: unknown): void {
  if (Array.isArray(protocols) && protocols.every((one) => typeof one?.path === "string")) return
  throw new TypeError("An AsyncAPI document takes a list of protocols: write asyncApi(info, [chat])")
}

function channelOf(protocol: DescribedProtocol, components: Components): Omit<ChannelObject, "messages"> {
  const { summary, description, params = {}, closes, query } = protocol
  const path = pathOf(protocol)
  const names = Array.from(path.matchAll(param), ([, name = ""]) => name)
  const descriptions = new Map(Object.entries(params))
  const parameters = Object.fromEntries(names.map((name) => [name, { description: descriptions.get(name) }]))
  const described =
    query === undefined ? undefined : describeSchema(query as StandardSchema<unknown, unknown>, components)
  const codes = Object.entries(closes).map(([code, meaning]) => `${code}: ${meaning}`)
  const texts = [
    description,
    codes.length > 0 ? `Closes with ${codes.join("; ")}.` : undefined,
    described && leftOutText(described)?.replace("this schema", "the schema of the query"),
  ].filter((text) => text !== undefined)
  return {
    address: path.replace(param, "/{$1}"),
    summary,
    ...(texts.length > 0 && { description: texts.join("\n\n") }),
    ...(names.length > 0 && { parameters }),
    bindings: {
      ws: { method: "GET", ...(described && { query: ofQuery(described.schema) }), bindingVersion: "0.1.0" },
    },
    ...(codes.length > 0 && { "x-close-codes": closes }),
  }
}

/** The binding needs a schema of an object with properties. */
function ofQuery(schema: Record<string, unknown>): Record<string, unknown> {
  return "$ref" in schema ? schema : { type: "object", properties: {}, ...schema }
}

function pathOf({ address, path }: DescribedProtocol): string {
  return merged("/", address ?? path)
}

/** `rooms-room` for `/rooms/:room`. */
function idOf(path: string): string {
  return path.replace(param, "/$1").match(/\w+/g)?.join("-") ?? "root"
}
