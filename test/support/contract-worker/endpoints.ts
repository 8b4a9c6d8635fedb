import type { Context, Env } from "hono"
import { setCookie } from "hono/cookie"
import {
  binary,
  CloseError,
  Flow,
  type JsonValue,
  json,
  type Limits,
  Message,
  messages,
  Sink,
  Source,
  text,
  type WebSocketHandler,
  webSocket,
} from "sluice"
import * as v from "valibot"
import { Notes } from "./notes.ts"

const idOf = (c: Context) => c.req.query("id") ?? ""
const notesOf = (c: Context) => Notes.of(idOf(c))

/** Each element back; the test is told of it, and of the end. */
const echo = <T>(c: Context) => Flow.of<T>().log("flow", notesOf(c).add)

/** `4000 a reason` as a code and a reason. */
function parseClose(message: string): [code: number, reason: string] {
  const [, code, reason = ""] = /^(\d+) ?(.*)$/s.exec(message) ?? []
  return [Number(code), reason]
}

const Person = v.object({
  name: v.string(),
  address: v.optional(v.object({ city: v.string("東京".repeat(50)) })),
})
type Person = v.InferOutput<typeof Person>

const gates = new Map<string, PromiseWithResolvers<void>>()

function gateOf(id: string): PromiseWithResolvers<void> {
  const gate = gates.get(id) ?? Promise.withResolvers<void>()
  gates.set(id, gate)
  return gate
}

/** Lets what waits in the flow `gated` through. */
export const openGate = (id: string) => gateOf(id).resolve()

/** Wants one message at a time, and none after the first until the gate is open. */
const gated = (c: Context) =>
  Flow.of<string>().mapAsync(1, async (message) => {
    await gateOf(idOf(c)).promise
    return message
  })

function broken(message: string): string {
  if (message === "fail") throw new Error("It broke", { cause: new TypeError("A part was missing") })
  return message
}

/** The flows that the contract's rows are about, by name. */
export const endpoints = {
  text: webSocket.accept(text, echo<string>),
  binary: webSocket.accept(binary, echo<Uint8Array>),
  messages: webSocket.accept(messages, echo<Message>),
  json: webSocket.accept(json(), echo<JsonValue>),
  model: webSocket.accept(json(Person, Person), echo<Person>),
  guarded: webSocket.accept(text, echo<string>),

  rejected: webSocket.acceptOrResult(text, (c) => {
    c.header("X-Reason", "holiday")
    return c.text("We are closed", 403)
  }),
  throws: webSocket.accept(text, () => {
    throw new Error("The password is 1234")
  }),
  rejects: webSocket.accept(text, async () => {
    throw new Error("The password is 1234")
  }),

  completes: webSocket.accept(text, (c) =>
    Flow.fromSinkAndSource(echo<string>(c).to(Sink.ignore()), Source.range(1, 1000).map(String)),
  ),
  "take-two": webSocket.accept(text, (c) => echo<string>(c).take(2)),
  "sink-is-done": webSocket.accept(text, (c) =>
    Flow.fromSinkAndSource(echo<string>(c).to(Sink.head()), Source.single("hello").concat(Source.never())),
  ),
  cancelled: webSocket.accept(text, () => Flow.fromSinkAndSource(Sink.cancelled(), Source.never())),

  "close-message": webSocket.accept(messages, (c) =>
    echo<Message>(c).mapConcat((message): Message[] =>
      message.type === "text" ? [Message.text("last"), Message.close(...parseClose(message.text)), message] : [message],
    ),
  ),
  "close-error": webSocket.accept(text, (c) =>
    echo<string>(c).map((message): string => {
      throw new CloseError(...parseClose(message))
    }),
  ),
  "forwarded-close": webSocket.accept(messages, (c) =>
    echo<Message>(c).map((): Message => ({ type: "close", code: 1006, reason: "" })),
  ),
  "may-be-sent": webSocket.accept(text, () =>
    Flow.of<string>().map((code) => {
      const makers = [() => Message.close(Number(code)), () => new CloseError(Number(code))]
      return makers.map(outcome).join(" ")
    }),
  ),

  fails: webSocket.accept(text, (c) => echo<string>(c).map(broken)),
  "fails-once": webSocket.accept(text, () => Flow.of<string>().map(broken)),
  "fails-noted": webSocket.acceptWithOptions(text, (c) => ({
    flow: Flow.of<string>().map(broken),
    onError: (error) => notesOf(c).add("onError:", error),
  })),

  "ten-bytes": webSocket.acceptWithOptions(text, (c) => ({ flow: echo<string>(c), limits: { maxMessageSize: 10 } })),
  "ten-binary-bytes": webSocket.acceptWithOptions(binary, (c) => ({
    flow: echo<Uint8Array>(c),
    limits: { maxMessageSize: 10 },
  })),
  "two-a-second": webSocket.acceptWithOptions(text, (c) => ({
    flow: echo<string>(c),
    limits: { messagesPerSecond: 2 },
  })),
  // The codec is made for each request, so that the test can be told of what arrives before it is let through.
  inbox: (c, next) => {
    const arriving = text.map((message) => {
      notesOf(c).add("arrived:", message)
      return message
    })
    const { size, overflow } = c.req.query()
    return webSocket.acceptWithOptions(arriving, () => ({
      flow: gated(c),
      limits: { inbox: size ? Number(size) : undefined, overflow: overflow as Limits["overflow"] },
    }))(c, next)
  },

  subprotocol: webSocket.acceptWithOptions(text, (c) => ({
    flow: echo<string>(c),
    subprotocol: c.req.query("select"),
  })),
  headers: webSocket.acceptWithOptions(text, (c) => {
    c.header("X-In-Accept", "c.header")
    setCookie(c, "in-accept", "1")
    return {
      flow: echo<string>(c),
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
    }
  }),
  uncompressed: webSocket.acceptWithOptions(text, (c) => ({ flow: echo<string>(c), compression: false })),
} satisfies Record<string, WebSocketHandler<Env, string>>

function outcome(make: () => unknown): string {
  try {
    make()
    return "yes"
  } catch (error) {
    return error instanceof Error ? error.name : "?"
  }
}
