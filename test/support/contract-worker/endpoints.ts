import {
  binary,
  type ClientFlowOptions,
  CloseError,
  type Endpoint,
  Flow,
  type JsonValue,
  json,
  type Limits,
  Message,
  messages,
  Sink,
  Source,
  text,
  webSocket,
  webSocketClientFlow,
} from "sluice"
import { ActorFlow, type ActorRef, Props } from "sluice/actor"
import * as v from "valibot"
import { careless } from "./careless.ts"
import { EchoActor } from "./echo-actor.ts"
import { guarded } from "./guarded.ts"
import { Notes } from "./notes.ts"
import type { Query } from "./query.ts"

const notesOf = ({ id }: Query) => Notes.of(id ?? "")

/** Echoes each element, and notes it and the end for the test. */
const echo = <T>(query: Query) => Flow.of<T>().log("flow", notesOf(query).add)

/** `4000 a reason` as a code and a reason. */
function parseClose(message: string): [code: number, reason: string] {
  const [, code, reason = ""] = /^(\d+) ?(.*)$/s.exec(message) ?? []
  return [Number(code), reason]
}

const Person = v.object({
  name: v.string(),
  address: v.optional(v.object({ city: v.string("東京".repeat(50)) })),
})

const gates = new Map<string, PromiseWithResolvers<void>>()

function gateOf(id: string): PromiseWithResolvers<void> {
  const gate = gates.get(id) ?? Promise.withResolvers<void>()
  gates.set(id, gate)
  return gate
}

/** Releases the waiting elements of the flow `gated`. */
export const openGate = (id: string) => gateOf(id).resolve()

/** Requests one message at a time, and none after the first until the gate is open. */
const gated = ({ id }: Query) =>
  Flow.of<string>().mapAsync(1, async (message) => {
    await gateOf(id ?? "").promise
    return message
  })

/** Connects the client with the upstream at the address in the query. Each gets the messages of the other. */
function bridge({ upstream = "" }: Query, options?: ClientFlowOptions<string>): Flow<string, string> {
  return webSocketClientFlow(upstream, text, { onEviction: "restart", ...options })
}

function broken(message: string): string {
  if (message.startsWith("fail"))
    throw new Error(`It broke${message.slice("fail".length)}`, { cause: new TypeError("A part was missing") })
  return message
}

/** The endpoints of the contract's rows, by name: the same on every target. */
const endpoints: Record<string, (query: Query) => Endpoint> = {
  text: (query) => webSocket.endpoint(text, echo(query)),
  binary: (query) => webSocket.endpoint(binary, echo(query)),
  messages: (query) => webSocket.endpoint(messages, echo(query)),
  json: (query) => webSocket.endpoint(json(), echo(query)),
  model: (query) => webSocket.endpoint(json(Person, Person), echo(query)),
  guarded: (query) => webSocket.endpoint(text, echo(query)),
  ...guarded,
  ...careless,

  bridge: (query) => webSocket.endpoint(text, bridge(query)),
  "restarting-bridge": (query) =>
    webSocket.endpoint(
      text,
      bridge(query, {
        backoff: { minBackoff: 20, maxBackoff: 100, maxRestartsWithin: "1 hour" },
        onConnect: () => ["hello"],
      }),
    ),

  completes: (query) =>
    webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(echo<string>(query).to(Sink.ignore()), Source.range(1, 1000).map(String)),
    ),
  "take-two": (query) => webSocket.endpoint(text, echo<string>(query).take(2)),
  "sink-is-done": (query) =>
    webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(echo<string>(query).to(Sink.head()), Source.single("hello").concat(Source.never())),
    ),
  cancelled: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.cancelled(), Source.never())),

  "close-message": (query) =>
    webSocket.endpoint(
      messages,
      echo<Message>(query).mapConcat((message): Message[] =>
        message.type === "text"
          ? [Message.text("last"), Message.close(...parseClose(message.text)), message]
          : [message],
      ),
    ),
  "close-error": (query) =>
    webSocket.endpoint(
      text,
      echo<string>(query).map((message): string => {
        throw new CloseError(...parseClose(message))
      }),
    ),
  "forwarded-close": (query) =>
    webSocket.endpoint(
      messages,
      echo<Message>(query).map((): Message => ({ type: "close", code: 1006, reason: "" })),
    ),
  "may-be-sent": () =>
    webSocket.endpoint(
      text,
      Flow.of<string>().map((code) => {
        const makers = [() => Message.close(Number(code)), () => new CloseError(Number(code))]
        return makers.map(outcome).join(" ")
      }),
    ),

  // The first half of each character.
  halved: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>().map((message) => message.slice(0, 1)),
      { autoResponse: { request: "half?", response: "\ud83d" } },
    ),
  "halved-batch": () =>
    webSocket.endpoint(
      text,
      Flow.of<string>().map((message) => message.slice(0, 1)),
      { batch: true },
    ),
  "throws-on-bad": (query) =>
    webSocket.endpoint(
      text.map((message) => {
        if (message.startsWith("bad")) throw new Error(`Undecodable: ${message}`)
        return message
      }),
      echo(query),
    ),
  // TypeScript accepts a value of the type `any`.
  "sends-anything": () =>
    webSocket.endpoint(
      text,
      Flow.of<string>().map((message) => JSON.parse(message).id),
    ),
  "sends-promises": () => webSocket.endpoint(text, Flow.of<string>().map(async (message) => message) as never),
  "sends-undefined": () => webSocket.endpoint(json(), Flow.of<JsonValue>().map(() => undefined) as never),
  "sends-maps": () => webSocket.endpoint(json(), Flow.of<JsonValue>().map((id) => ({ id, tags: new Map() })) as never),

  fails: (query) => webSocket.endpoint(text, echo<string>(query).map(broken)),
  "fails-once": () => webSocket.endpoint(text, Flow.of<string>().map(broken)),
  recovers: (query) =>
    webSocket.endpoint(
      text,
      echo<string>(query)
        .map(broken)
        .recover(() => "sorry"),
    ),
  "fails-noted": (query) =>
    webSocket.endpoint(text, Flow.of<string>().map(broken), {
      onError: (error) => notesOf(query).add("onError:", error),
    }),

  "ten-bytes": (query) => webSocket.endpoint(text, echo(query), { limits: { maxMessageSize: 10 } }),
  "ten-binary-bytes": (query) => webSocket.endpoint(binary, echo(query), { limits: { maxMessageSize: 10 } }),
  "two-a-second": (query) => webSocket.endpoint(text, echo(query), { limits: { messagesPerSecond: 2 } }),
  // Messages are noted for the test before they are released.
  inbox(query) {
    const arriving = text.map((message) => {
      notesOf(query).add("arrived:", message)
      return message
    })
    const { size, overflow, overloaded } = query
    const limits = {
      maxQueuedMessages: size ? Number(size) : undefined,
      queueOverflow: overflow as Limits["queueOverflow"],
    }
    const closeCodes = { overloaded: overloaded ? Number(overloaded) : undefined }
    return webSocket.endpoint(arriving, gated(query), { limits, closeCodes })
  },

  actor: (query) =>
    webSocket.endpoint(
      text,
      ActorFlow.actorRef((out: ActorRef<string>) => Props.of(EchoActor, out, notesOf(query).add)),
    ),

  subprotocol: (query) =>
    webSocket.endpoint(text, echo(query), { subprotocol: query.none === undefined ? query.select : null }),
  headers: (query) =>
    webSocket.endpoint(text, echo(query), {
      headers: [
        ["X-Own", "mine"],
        ["Set-Cookie", "by-hand=1"],
        ["Connection", "close"],
        ["Upgrade", "h2c"],
        ["Content-Length", "7"],
        ["Transfer-Encoding", "chunked"],
        ["Sec-WebSocket-Accept", "forged"],
        ["Sec-WebSocket-Protocol", "forged"],
        ["Sec-WebSocket-Extensions", "forged"],
      ],
      cookies: { plain: "a b", guarded: { value: "x", httpOnly: true, sameSite: "Lax", path: "/" } },
    }),
  uncompressed: (query) => webSocket.endpoint(text, echo(query), { compression: false }),
}

export function endpointOf(name: string, query: Query): Endpoint {
  const endpoint = endpoints[name]
  if (endpoint) return endpoint(query)
  throw new Error(`There is no endpoint "${name}"`)
}

function outcome(make: () => unknown): string {
  try {
    make()
    return "yes"
  } catch (error) {
    return error instanceof Error ? error.name : "?"
  }
}
