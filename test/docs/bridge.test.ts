import { Hono } from "hono"
import { Flow, json, Sink, Source, text, webSocket, webSocketClientFlow } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { FakeUpstream } from "../socket/fake-upstream.ts"
import { Client, closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"

let upstream: FakeUpstream

beforeEach(() => {
  upstream = new FakeUpstream()
  vi.stubGlobal("fetch", upstream.fetch)
})

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

// #region bridge
interface Env {
  Bindings: { FEED_TOKEN: string }
}

const app = new Hono<Env>()

/** The messages of the client go to the feed, and those of the feed go to the client. */
const bridge = (feed: string, token: string) =>
  webSocketClientFlow(`wss://feeds.example/${feed}`, text, {
    headers: { Authorization: `Bearer ${token}` },
    backoff: {
      minBackoff: "500 milliseconds",
      maxBackoff: "20 seconds",
      maxRestarts: 10,
      maxRestartsWithin: "5 minutes",
    },
  })

app.get("/feeds/:feed", (c) => webSocket.upgrade(c, text, bridge(c.req.param("feed"), c.env.FEED_TOKEN)))
// #endregion

// #region feed
export class Prices extends FlowObject {
  /** One upstream for all clients, and only while there is a client. */
  private readonly prices = this.share(
    "prices",
    Source.never<{ subscribe: string }>().via(
      webSocketClientFlow("wss://feeds.example/prices", json(), {
        backoff: { minBackoff: "1 second", maxBackoff: "30 seconds" },
        onConnect: () => [{ subscribe: "EURUSD" }],
        onEviction: "restart",
      }),
    ),
  )

  protected accept() {
    return webSocket.endpoint(json(), Flow.fromSinkAndSource(Sink.ignore(), this.prices))
  }
}
// #endregion

it("bridges a client and an upstream", async () => {
  expect(app.routes).toHaveLength(1)
  // As in workerd.
  vi.stubGlobal("WebSocketPair", class {})
  const client = new Client(text, bridge("prices", "secret")).open()
  const socket = await upstream.accept()
  expect(upstream.requests[0]).toMatchObject({
    url: "https://feeds.example/prices",
    headers: { Authorization: "Bearer secret" },
  })
  client.send("hello")
  socket.receive("world").end(4001, "kicked")
  expect([socket.sent, client.received]).toEqual([["hello"], ["world", closed(4001, "kicked")]])
})

it("shares one upstream among all clients of an object", async () => {
  const object = new MemoryObject(Prices)
  const [first, second] = [await object.connect(), await object.connect()]
  const socket = await upstream.accept()
  socket.receive('{"EURUSD":1.1}')
  expect(socket.sent).toEqual(['{"subscribe":"EURUSD"}'])
  expect([first.received, second.received]).toEqual([['{"EURUSD":1.1}'], ['{"EURUSD":1.1}']])
})
