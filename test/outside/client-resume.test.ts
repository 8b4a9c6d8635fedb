import { randomUUID } from "node:crypto"
import { text } from "sluice"
import { connect, resume } from "sluice/client"
import { protocol } from "sluice/protocol"
import { describe, expect, inject, it, onTestFinished, vi } from "vitest"
import { WebSocket } from "ws"
import { frameBySession } from "../../src/client/framing.ts"
import { PageSession } from "../../src/session/page-session.ts"

const room = protocol("/object/:level", { receives: text, sends: text, closes: { 4001: "Ended" } }).under("")

interface JoinOptions {
  id?: string
  name?: string
  subprotocols?: string[]
  makeSession?: typeof resume
}

/** A client of the contract's room whose sockets a test can cut. */
function join(
  level: string,
  { id = randomUUID(), name = "ann", subprotocols, makeSession = resume }: JoinOptions = {},
) {
  const sockets: WebSocket[] = []
  class CutSocket extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(`${url}?id=${id}&name=${name}&within=60000`, protocols)
      sockets.push(this)
    }
  }
  const client = connect(
    room,
    { level },
    { base: inject("contractUrl"), WebSocket: CutSocket as never, resume: makeSession, subprotocols },
  )
  onTestFinished(() => client.close())
  const received: string[] = []
  client.on("message", (message) => received.push(message))
  const lost: (readonly string[])[] = []
  client.on("resync", ({ unconfirmed }) => lost.push(unconfirmed))
  return {
    client,
    lost,
    next: async () => {
      await vi.waitFor(() => expect(received.length).toBeGreaterThan(0), { timeout: 20_000 })
      return received.shift()
    },
    cut: () => sockets.at(-1)?.terminate(),
    crash: () => fetch(`${inject("contractUrl")}/object/crash?id=${id}`, { method: "POST" }),
  }
}

describe("the client of a resumable endpoint", () => {
  it("gets every message once and in order, through cut sockets", async () => {
    const { client, next, cut, lost } = join("resumable")
    for (let n = 1; n <= 20; n++) {
      void client.send(`message ${n}`)
      if (n % 3 === 0) cut()
    }
    for (let n = 1; n <= 20; n++) expect(await next()).toBe(`${n}: message ${n}`)
    expect(lost).toEqual([])
  })

  it("resolves send when the server has the message for good", async () => {
    const { client, next, cut } = join("durable")
    await client.send("first")
    cut()
    await client.send("second")
    expect([await next(), await next()]).toEqual(["1: first", "2: second"])
  })

  it("resumes after a forced eviction, if it is durable (row 52)", async () => {
    const { client, next, crash, lost } = join("durable")
    await client.send("a")
    await crash()
    await client.send("b")
    expect([await next(), await next()]).toEqual(["1: a", "2: b"])
    expect(lost).toEqual([])
  })

  it("reports its unconfirmed messages otherwise, and their send rejects (row 53)", async () => {
    const { client, next, crash, lost } = join("resumable")
    await client.send("a")
    expect(await next()).toBe("1: a")
    const reports = new Promise((resolve) => client.on("close", resolve))
    await crash()
    await reports
    await client.send("b").catch(() => {})
    const again = await next()
    expect(again).toBe("1: b")
    expect([[[]], [["b"]]]).toContainEqual(lost)
  })

  it("reports a lost session also without unconfirmed messages (row 53)", async () => {
    const { client, next, crash, lost } = join("resumable")
    await client.send("a")
    expect(await next()).toBe("1: a")
    await crash()
    await vi.waitFor(() => expect(lost).toEqual([[]]), { timeout: 20_000 })
  })

  it("continues in the second of two tabs with one session, and begins a new one in the first (row 54)", async () => {
    const id = randomUUID()
    const session = new PageSession("text")
    const one = join("resumable", { id, makeSession: (client) => frameBySession(client, () => session) })
    await one.client.send("a")
    expect(await one.next()).toBe("1: a")
    const inSecondTab: typeof resume = (client) => frameBySession(client, () => new PageSession("text", session.keep()))
    const other = join("resumable", { id, makeSession: inSecondTab })
    await other.client.send("b")
    expect(await other.next()).toBe("2: b")
    await vi.waitFor(() => expect(one.lost).toEqual([[]]), { timeout: 20_000 })
    await one.client.send("c")
    await other.client.send("d")
    expect([await one.next(), await other.next()]).toEqual(["1: c", "3: d"])
    expect(other.lost).toEqual([])
  })

  it("works without a session where the server selects another subprotocol", async () => {
    const { client, next } = join("text", { subprotocols: ["v1"] })
    await client.send("plain")
    expect(await next()).toBe("plain")
  })

  it("stops when the flow ends with a code of the protocol", async () => {
    const { client } = join("resumable")
    await client.send("end ann")
    expect(await client.closed).toMatchObject({ code: 4001 })
  })
})
