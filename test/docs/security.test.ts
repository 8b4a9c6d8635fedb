import { Hono } from "hono"
import {
  checkOrigin,
  Flow,
  jsonLogger,
  type LogEntry,
  metrics,
  sameOrigin,
  setLogger,
  text,
  toDataPoint,
  webSocket,
} from "sluice"
import { afterEach, expect, it, vi } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { type ConnectionInfo, infoOf } from "../../src/socket/connection-info.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { closed } from "../support/client.ts"

afterEach(() => {
  setLogger(jsonLogger)
  vi.restoreAllMocks()
})

const upgrade = (headers: Record<string, string> = {}) => ({ headers: { Upgrade: "websocket", ...headers } })

it("checkOrigin accepts the pages that it names, and requests without an Origin", async () => {
  const app = new Hono()
  // #region origin
  app.use(checkOrigin([sameOrigin, "https://app.example.com"]))
  // #endregion
  app.get("/chat", (c) => c.text("let in"))
  const statusFor = async (headers: Record<string, string>) =>
    (await app.request("https://chat.example.com/chat", upgrade(headers))).status
  expect(await statusFor({ Origin: "https://chat.example.com" })).toBe(200)
  expect(await statusFor({ Origin: "https://app.example.com" })).toBe(200)
  expect(await statusFor({})).toBe(200)
  expect(await statusFor({ Origin: "https://evil.example" })).toBe(403)
})

it("the Worker authenticates the user, and passes the user to the object as data", async () => {
  const handedOver: (ConnectionInfo | undefined)[] = []
  const object = {
    fetch: async (request: Request) => {
      handedOver.push(infoOf(request))
      return new Response()
    },
  }
  const rooms = { getByName: (_: string) => object }
  const userOf = async (token: string | undefined) => (token === "secret of Ann" ? "Ann" : undefined)
  type Env = { Bindings: { ROOMS: typeof rooms }; Variables: { user: string } }
  const app = new Hono<Env>()
  // #region user
  app.use("/rooms/*", async (c, next) => {
    const user = await userOf(c.req.header("Authorization"))
    if (!user) return c.text("Unauthorized", 401)
    c.set("user", user)
    return next()
  })

  app.get("/rooms/:room", (c) =>
    webSocket.forward(c, c.env.ROOMS.getByName(c.req.param("room")), { data: { user: c.get("user") } }),
  )
  // #endregion
  const forged = encodeURIComponent(JSON.stringify({ data: { user: "Admin" } }))
  const ask = (headers: Record<string, string>) => app.request("/rooms/1", upgrade(headers), { ROOMS: rooms })
  expect((await ask({ "Sluice-Info": forged })).status).toBe(401)
  await ask({ "Sluice-Info": forged, Authorization: "secret of Ann" })
  expect(handedOver).toEqual([expect.objectContaining({ route: "/rooms/:room", data: { user: "Ann" } })])
})

it("strict limits close clients that exceed them", () => {
  const flow = Flow.of<string>()
  // #region strict
  const endpoint = webSocket.endpoint(text, flow, {
    limits: {
      maxMessageSize: 4096,
      messagesPerSecond: 20,
      maxBufferedAmount: 65_536,
      slowReader: "fail",
      idleTimeout: "2 minutes",
    },
    autoResponse: { request: "ping", response: "pong" },
  })
  // #endregion
  const run = (bufferedAmount: number) => {
    const received: unknown[] = []
    const socket = {
      bufferedAmount,
      send: (data: unknown) => void received.push(data),
      close: (code?: number, reason?: string) => void received.push(closed(code, reason)),
    }
    const connection = endpoint.connection(socket, new TestClock(), { route: "/strict", id: "1" })
    connection.open()
    return { received, connection }
  }
  const quick = run(0)
  for (let count = 0; count <= 20; count++) quick.connection.onMessage("hi")
  expect(quick.received.slice(19)).toEqual(["hi", closed(1008, "20 messages a second are allowed")])
  const large = run(0)
  large.connection.onMessage("x".repeat(4097))
  expect(large.received).toEqual([closed(1009, "A message may have 4096 bytes")])
  const slow = run(65_537)
  for (let count = 0; count < 20; count++) slow.connection.onMessage("x".repeat(4096))
  expect(slow.received.at(-1)).toEqual(closed(1013, "Too slow"))
})

it("log entries go to the logger that is set", () => {
  const collect = vi.fn()
  // #region logger
  setLogger((entry) => {
    jsonLogger(entry)
    if (entry.event === "closed" && entry.code === 1008) collect(entry.route, entry.connection)
  })
  // #endregion
  const endpoint = webSocket.endpoint(
    text,
    Flow.of<string>().map((message): string => {
      throw new CloseError(1008, message)
    }),
  )
  const socket = { send() {}, close() {} }
  const connection = endpoint.connection(socket, new TestClock(), { route: "/logged", id: "7" })
  connection.open()
  connection.onMessage("enough")
  expect(collect.mock.calls).toEqual([["/logged", "7"]])
})

it("metrics become data points", () => {
  const points: { indexes: string[]; doubles: number[] }[] = []
  const env = { METRICS: { writeDataPoint: (point: (typeof points)[0]) => void points.push(point) } }
  const endpoint = webSocket.endpoint(text, Flow.of<string>())
  const connection = endpoint.connection({ send() {}, close() {} }, new TestClock(), {
    route: "/counted",
    id: "1",
  })
  connection.open()
  connection.onMessage("hello")
  // #region metrics
  for (const [route, counted] of metrics()) env.METRICS.writeDataPoint(toDataPoint(route, counted))
  // #endregion
  const [open, opened, messagesIn, messagesOut] = points.find(({ indexes }) => indexes[0] === "/counted")?.doubles ?? []
  expect([open, opened, messagesIn, messagesOut]).toEqual([1, 1, 1, 1])
})

it("a log entry is one line for any message of a client", () => {
  const lines: string[] = []
  vi.spyOn(console, "error").mockImplementation((line) => void lines.push(line))
  const entry: LogEntry = { level: "error", event: "flow failed", cause: new Error("x\n2026 INFO all is well") }
  jsonLogger(entry)
  expect(lines.join("").split("\n")).toHaveLength(1)
})
