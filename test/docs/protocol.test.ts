import { Hono } from "hono"
import { CloseError, Flow, webSocket } from "sluice"
import { asyncApi } from "sluice/asyncapi"
import { connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { fakeSockets } from "../client/fake-socket.ts"

// #region protocol
const chat = protocol("/rooms/:room", {
  summary: "A room in which people chat",
  query: v.object({ name: v.pipe(v.string(), v.maxLength(32)) }),
  receives: v.object({ text: v.pipe(v.string(), v.maxLength(2000)) }),
  sends: v.object({
    name: v.string(),
    text: v.string(),
    at: v.pipe(
      v.number(),
      v.transform((time) => new Date(time)),
    ),
  }),
  // Final: the client does not reconnect after these.
  closes: { 4001: "Kicked" },
})
// #endregion

const app = new Hono()

// #region server
chat.on(app, (c) => {
  const { name } = c.req.valid("query")
  const flow = Flow.of<{ text: string }>().map(({ text }) => {
    if (text === "/kick me") throw CloseError.of(chat, 4001)
    return { name, text, at: Date.now() }
  })
  return webSocket.upgrade(c, chat, flow)
})
// #endregion

// #region document
app.get("/asyncapi.json", asyncApi({ title: "Chat", version: "1.0.0" }, [chat]))
// #endregion

it("a protocol is served and described", async () => {
  expect((await app.request("/rooms/lobby")).status).toBe(400)
  expect((await app.request("/rooms/lobby?name=Ann")).status).toBe(426)
  const { channels } = (await (await app.request("/asyncapi.json")).json()) as { channels: object }
  expect(Object.keys(channels)).toEqual(["rooms-room"])
})

it("a client sends, receives and ends", async () => {
  const { WebSocket, made } = fakeSockets()
  const location = { href: "https://example.com" }
  const log: unknown[] = []
  // #region client
  const room = connect(chat, { room: "lobby", name: "Ann" }, { base: location, WebSocket })

  room.on("message", ({ name, text, at }) => log.push(`${at.toISOString()} ${name}: ${text}`))
  void room.send({ text: "hi" })
  void room.closed.then(({ code }) => {
    if (code === 4001) log.push("Kicked")
  })
  // #endregion
  await settled()
  made[0]?.open().receive('{"name":"Ann","text":"hi","at":0}').end(4001)
  await settled()
  expect(made[0]?.sent).toEqual(['{"text":"hi"}'])
  expect(log).toEqual(["1970-01-01T00:00:00.000Z Ann: hi", "Kicked"])
})

it("a client gets a new token before each connection", async () => {
  const { WebSocket, made } = fakeSockets()
  const newToken = async () => "secret"
  // #region token
  const guarded = protocol("/guarded", {
    query: v.object({ token: v.string() }),
    receives: v.string(),
    sends: v.string(),
  })
  const client = connect(guarded, async () => ({ token: await newToken() }), { base: "https://example.com", WebSocket })
  // #endregion
  await settled()
  expect(made[0]?.url).toBe("wss://example.com/guarded?token=secret")
  client.close()
})
