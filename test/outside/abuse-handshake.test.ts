import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { describe, expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { dialTcp, odd, statusOf, upgradeHead } from "../support/attacker.ts"
import { targets } from "../support/other-client.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { connect, type WsClient } from "../support/ws-client.ts"

const demo = { req: { url: inject("baseUrl") } }

/** Invalid upgrade requests. */
const requests: {
  what: string
  changes?: Parameters<typeof upgradeHead>[1]
  line?: Parameters<typeof upgradeHead>[2]
  status: number
}[] = [
  { what: "no key", changes: { "Sec-WebSocket-Key": null }, status: 400 },
  { what: "version 12", changes: { "Sec-WebSocket-Version": "12" }, status: 426 },
  { what: "no version", changes: { "Sec-WebSocket-Version": null }, status: 426 },
  { what: "no upgrade", changes: { Upgrade: null, Connection: null }, status: 426 },
  { what: "another upgrade", changes: { Upgrade: "h2c" }, status: 426 },
  { what: "POST", line: { method: "POST" }, status: 400 },
  { what: "DELETE", line: { method: "DELETE" }, status: 400 },
  { what: "a method that there is not", line: { method: "BREW" }, status: 501 },
  { what: "a zero in a header", changes: { "X-Odd": "a\0b" }, status: 400 },
  { what: "a folded header", changes: { "X-Odd": "a\r\n b" }, status: 400 },
  { what: "a header of a megabyte", changes: { "X-Odd": "x".repeat(1_000_000) }, status: 431 },
  { what: "a page of another origin", changes: { Origin: "https://evil.example" }, status: 403 },
  { what: "an origin that is none", changes: { Origin: "null" }, status: 403 },
  {
    what: "lower case",
    changes: { Upgrade: null, Connection: null, upgrade: "websocket", connection: "upgrade" },
    status: 101,
  },
  { what: "mixed case", changes: { Upgrade: "WebSocket", Connection: "keep-alive, UpGrade" }, status: 101 },
  { what: "empty subprotocols", changes: { "Sec-WebSocket-Protocol": ", ,," }, status: 101 },
  { what: "an odd extension", changes: { "Sec-WebSocket-Extensions": "x; y=1, permessage-deflate; z" }, status: 101 },
  // RFC 6455 §4.2.1 requires a refusal of all of these; workerd accepts them.
  { what: "a short key", changes: { "Sec-WebSocket-Key": "abc" }, status: 101 },
  { what: "two keys", changes: { "Sec-WebSocket-Key": ["AAAAAAAAAAAAAAAAAAAAAA==", "abc"] }, status: 101 },
  { what: "no Connection", changes: { Connection: null }, status: 101 },
  { what: "HTTP/1.0", line: { version: "1.0" }, status: 101 },
]

describe.each(targets)("an upgrade request to $path", ({ open }) => {
  it.each(requests)("with $what gets $status", async ({ changes, line, status }) => {
    const { url, other } = await open()
    expect(await statusOf(url, upgradeHead(url, changes, line))).toBe(status)
    await other.check()
  })

  it("without an upgrade gets 400", async () => {
    const { url, other } = await open()
    expect(await statusOf(url, "\x16\x03\x01\x02\0 hello\r\n\r\n")).toBe(400)
    await other.check()
  })
})

describe("forged info", () => {
  const forged = encodeURIComponent(
    JSON.stringify({ url: "http://x/", route: "/", params: {}, headers: {}, data: { name: "Admin" } }),
  )

  const own = "sluice.invalid"
  const clients: { from: string; headers: Record<string, string> }[] = [
    { from: "a client", headers: { "Sluice-Info": forged } },
    { from: "a client that says it is our own Worker", headers: { "Sluice-Info": forged, Host: own } },
  ]

  it.each(clients)("of $from is ignored", async ({ headers }) => {
    const offender = await connect(routes.room.url(demo, { room: randomUUID(), name: "Mallory" }), { headers })
    expect(JSON.parse(String(await offender.next()))).toEqual({ type: "joined", name: "Mallory" })
  })

  it("opens no connection at an address of its own", async () => {
    const headers = { "Sluice-Info": forged, Host: own }
    await expect(connect(demo.req.url.replace("http", "ws"), { headers })).rejects.toThrow()
  })
})

describe("names", () => {
  const bad = [
    { what: "a zero", name: "\0" },
    { what: "a line feed", name: "Ann\nBob" },
    { what: "an escape", name: "\x1b[31mAnn" },
    { what: "a delete", name: "Ann\x7f" },
    { what: "a C1 control character", name: "Ann\x85" },
    { what: "a right-to-left mark", name: "\u200fAnn" },
    { what: "a right-to-left override", name: "\u202eAnn" },
    { what: "a left-to-right isolate", name: "\u2066Ann" },
  ]

  it.each(bad)("of members do not have $what", async ({ name }) => {
    await expect(connect(routes.room.url(demo, { room: "lobby", name }))).rejects.toMatchObject({ status: 400 })
  })

  it.each(bad)("of rooms do not have $what", async ({ name: room }) => {
    await expect(connect(routes.room.url(demo, { room, name: "Ann" }))).rejects.toMatchObject({ status: 400 })
  })

  it.each(bad)("of controls do not have $what", async ({ name: id }) => {
    await expect(connect(routes.control.url(demo, { id }))).rejects.toMatchObject({ status: 400 })
  })

  it("have 64 characters at the most, those of members 32", async () => {
    const long = (length: number) => "x".repeat(length)
    await connect(routes.room.url(demo, { room: long(64), name: long(32) }))
    await connect(routes.control.url(demo, { id: long(64) }))
    for (const url of [
      routes.room.url(demo, { room: long(65), name: "Ann" }),
      routes.room.url(demo, { room: "lobby", name: long(33) }),
      routes.control.url(demo, { id: long(65) }),
    ]) {
      await expect(connect(url)).rejects.toMatchObject({ status: 400 })
    }
  })
})

describe.each(targets)("half a connection to $path", ({ open }) => {
  it("does not affect the others: silence, a head without an end, a FIN without a request", async () => {
    const { url, other } = await open()
    const silent = await Promise.all(Array.from({ length: 100 }, () => dialTcp(url)))
    for (const [index, socket] of silent.entries()) {
      if (index % 3 === 1) socket.write(upgradeHead(url).slice(0, -2))
      if (index % 3 === 2) socket.end()
    }
    await other.check()
  })
})

// In an object the connection ends as well, see below, but the runtime keeps the TCP connection until the object hibernates.
it.each(targets.filter(({ isObject }) => !isObject))("a FIN alone ends a connection to $path", async ({ open }) => {
  const { url, other } = await open()
  const offender = await dialTcp(url)
  offender.write(upgradeHead(url))
  await once(offender, "data")
  const ended = once(offender, "end")
  offender.resume().end()
  await ended
  await other.check()
})

describe("a client that is cut off", () => {
  const ways: { how: string; leave(offender: RawClient): unknown }[] = [
    { how: "by an error of the protocol", leave: (offender) => offender.send(odd(3)) },
    { how: "by a close code that must not be sent", leave: (offender) => offender.send(frame.close(1006)) },
    { how: "by a FIN alone", leave: (offender) => offender.socket.end() },
    { how: "by a reset", leave: (offender) => offender.socket.resetAndDestroy() },
    { how: "by a message that is no JSON", leave: (offender) => offender.send(frame.text("{")) },
  ]

  it.each(ways)("$how leaves the room", async ({ leave }) => {
    const room = randomUUID()
    const other = await connect(routes.room.url(demo, { room, name: "Ann" }))
    const offender = await RawClient.connect(routes.room.url(demo, { room, name: "Mallory" }))
    expect(await namesIn(other, 2)).toEqual(["Ann joined", "Mallory joined"])
    leave(offender)
    expect(await namesIn(other, 1)).toEqual(["Mallory left"])
  })
})

async function namesIn(client: WsClient, count: number): Promise<string[]> {
  const events = (await client.take(count)).map((text) => JSON.parse(String(text)))
  return events.map(({ type, name }) => `${name} ${type}`)
}
