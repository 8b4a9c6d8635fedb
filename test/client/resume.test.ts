import { json, text } from "sluice"
import { type ConnectOptions, connect, resume } from "sluice/client"
import { protocol } from "sluice/protocol"
import { describe, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { fakeSockets } from "./fake-socket.ts"

const echo = protocol("/echo", { receives: text, sends: text, closes: { 4001: "Kicked" } })
const welcome = '[["hi","s",0,false,1]]'

/** A client with a session, whose sockets and time are the test's. */
function dial(options: ConnectOptions = {}) {
  const { WebSocket, made } = fakeSockets()
  const clock = new TestClock()
  const base = "https://example.com"
  const client = connect(echo, {}, { base, WebSocket, clock, random: () => 0.5, resume, ...options })
  const seen: unknown[] = []
  client.on("message", (message) => seen.push(message))
  client.on("resync", ({ unconfirmed }) => seen.push({ unconfirmed }))
  /** The newest socket, as soon as it is made. */
  const socket = async () => {
    await settled()
    const last = made.at(-1)
    if (!last) throw new Error("There is no socket")
    return last
  }
  const opened = async () => (await socket()).open("sluice.1").receive(welcome)
  return { client, made, clock, socket, opened, seen }
}

describe("a client with a session", () => {
  it("is open with the welcome, and resolves send with the acknowledgement", async () => {
    const { client, socket } = dial()
    const confirmed: string[] = []
    void client.send("a").then(() => confirmed.push("a"))
    const open = (await socket()).open("sluice.1")
    expect([client.status, open.protocols, open.sent]).toEqual(["connecting", ["sluice.1"], []])
    open.receive(welcome)
    await settled()
    expect([client.status, open.sent, confirmed]).toEqual(["open", ['[0,"a"]'], []])
    open.receive('[1,"A"]')
    await settled()
    expect(confirmed).toEqual(["a"])
  })

  it("resumes with the next socket, and sends unacknowledged messages again", async () => {
    const { client, clock, socket, opened, seen } = dial()
    const first = await opened()
    void client.send("a")
    void client.send("b")
    first.receive('[1,"A"]').end(1006)
    clock.advance(50)
    const next = await socket()
    expect(next.protocols).toEqual(["sluice.1", "sluice.at.s.1"])
    next.open("sluice.1").receive('[["hi","s",1,true,2]]').receive('[2,"B"]')
    expect(next.sent).toEqual(['[0,"b"]'])
    expect(seen).toEqual(["A", "B"])
  })

  it("reports the unconfirmed messages if the server no longer has the session, and their send rejects", async () => {
    const { client, clock, socket, opened, seen } = dial()
    const first = await opened()
    const lost = client.send("a")
    first.end(1006)
    const waiting = client.send("b")
    clock.advance(50)
    const next = (await socket()).open("sluice.1").receive('[["hi","t",0,false,1]]')
    await expect(lost).rejects.toThrow("The session is lost")
    expect(seen).toEqual([{ unconfirmed: ["a"] }])
    expect(next.sent).toEqual(['[0,"b"]'])
    next.receive("[1]")
    await waiting
  })

  it("ends the session if the server does not select it, and reports its unconfirmed messages", async () => {
    const { client, clock, socket, opened, seen } = dial()
    const first = await opened()
    void client.send("a")
    first.end(1006)
    clock.advance(50)
    const plain = (await socket()).open().receive("hello")
    await client.send("b")
    expect(plain.sent).toEqual(["b"])
    expect(seen).toEqual([{ unconfirmed: ["a"] }, "hello"])
  })

  it("drops a socket with an impossible frame, and reconnects with a new session", async () => {
    const { client, clock, socket, opened, seen } = dial()
    const first = await opened()
    void client.send("a")
    const closes: number[] = []
    client.on("close", ({ code }) => closes.push(code))
    first.receive("nonsense")
    expect([first.closedWith, closes, client.status]).toEqual([[], [1006], "connecting"])
    // A close without a code would be final.
    first.end(1005)
    clock.advance(50)
    const next = await socket()
    expect(next.protocols).toEqual(["sluice.1"])
    next.open("sluice.1").receive('[["hi","t",0,false,1]]')
    expect([seen, client.status]).toEqual([[{ unconfirmed: ["a"] }], "open"])
  })

  it("begins a new session when another client has taken over its own, and tells it", async () => {
    const { client, clock, socket, opened, seen } = dial()
    const first = await opened()
    const lost = client.send("a")
    first.end(4409, "Opened elsewhere")
    clock.advance(50)
    const next = await socket()
    expect(next.protocols).toEqual(["sluice.1"])
    next.open("sluice.1").receive('[["hi","t",0,false,1]]')
    await expect(lost).rejects.toThrow("The session is lost")
    expect([seen, client.status]).toEqual([[{ unconfirmed: ["a"] }], "open"])
  })

  it("carries JSON values unchanged", async () => {
    const { WebSocket, made } = fakeSockets()
    const values = protocol("/values", { receives: json(), sends: json() })
    const client = connect(values, {}, { base: "https://example.com", WebSocket, resume })
    const got: unknown[] = []
    client.on("message", (message) => got.push(message))
    await settled()
    void client.send({ a: 1 })
    made[0]?.open("sluice.1").receive(welcome).receive('[0,{"b":[2]}]')
    expect([made[0]?.sent, got]).toEqual([['[0,{"a":1}]'], [{ b: [2] }]])
  })
})

describe("a handshake that hangs", () => {
  it.each([
    ["a server that accepts and does not answer", async () => {}],
    ["a server that does not welcome", async (open: () => Promise<unknown>) => void (await open())],
  ])("ends after 10 seconds, for %s", async (_name, answer) => {
    const { client, clock, made, socket } = dial()
    const errors: string[] = []
    client.on("error", (error) => errors.push(String(error)))
    await answer(async () => (await socket()).open("sluice.1"))
    await settled()
    clock.advance(9_999)
    expect([made[0]?.closedWith, errors]).toEqual([undefined, []])
    clock.advance(1)
    expect([made[0]?.closedWith, errors]).toEqual([[], ["Error: No handshake in 10000 ms"]])
    expect(client.status).toBe("connecting")
    clock.advance(50)
    ;(await socket()).open("sluice.1").receive(welcome)
    expect([made.length, client.status]).toEqual([2, "open"])
    clock.advance(60_000)
    expect([made.length, client.status]).toEqual([2, "open"])
  })

  it.each([
    ["base", "https://example.com"],
    ["headers", {}],
  ])("ends although the function for %s has not settled", async (name, value) => {
    let attempts = 0
    const never = new Promise<never>(() => {})
    const { client, clock, made, socket } = dial({ [name]: () => (++attempts === 1 ? never : value) })
    const errors: string[] = []
    client.on("error", (error) => errors.push(String(error)))
    await settled()
    clock.advance(10_000)
    expect([made.length, client.status, errors]).toEqual([0, "connecting", ["Error: No handshake in 10000 ms"]])
    clock.advance(50)
    ;(await socket()).open("sluice.1").receive(welcome)
    clock.advance(60_000)
    expect([made.length, client.status, errors.length]).toEqual([1, "open", 1])
  })

  it("waits longer after each", async () => {
    const { clock, made, socket } = dial({ handshakeTimeout: 1_000, random: () => 1 })
    for (const wait of [100, 200, 400]) {
      await socket()
      const count = made.length
      clock.advance(1_000 + wait - 1)
      await settled()
      expect(made.length).toBe(count)
      clock.advance(1)
      await settled()
      expect(made.length).toBe(count + 1)
    }
  })

  it("does not keep a client from ending", async () => {
    const { client, clock, made, socket } = dial()
    await socket()
    client.close()
    clock.advance(10_000)
    expect(await client.closed).toEqual({ code: 1000, reason: "" })
    expect([made.length, clock.pending]).toEqual([1, 0])
  })
})
