import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { SessionClient } from "../support/session-client.ts"
import { connect } from "../support/ws-client.ts"

/** A room of the object of a test, with sessions of one level. */
function room(level: string) {
  const id = randomUUID()
  const urlOf = (name: string, within = 60_000) =>
    `${inject("contractUrl")}/object/${level}?id=${id}&name=${name}&within=${within}`
  return {
    urlOf,
    client: (name: string, within?: number) => new SessionClient(urlOf(name, within)).connect(),
    /** Evicts the object by force, as the runtime may. */
    async crash() {
      const response = await fetch(`${inject("contractUrl")}/object/crash?id=${id}`, { method: "POST" })
      await response.body?.cancel()
    },
  }
}

describe.each(["resumable", "durable"])("a %s connection", (level) => {
  it("row 50: gets every message once and in order, through lost sockets", async () => {
    const client = await room(level).client("ann")
    expect(await client.send("a", "b").take(2)).toEqual(["1: a", "2: b"])
    for (let n = 3; n < 10; n++) {
      client.send(`before ${n}`).drop()
      await client.connect()
      expect(await client.next()).toMatch(new RegExp(`^${n}: before`))
    }
    expect(client.resyncs).toEqual([])
  })

  it("row 50: gets elements that are published while it has no socket", async () => {
    const { client: join } = room(level)
    const [ann, bob] = [await join("ann"), await join("bob")]
    ann.drop()
    expect(await bob.send("tell news").next()).toBe("news")
    await ann.connect()
    expect(await ann.next()).toBe("news")
  })

  it("row 51: is a new one after its time, and the client gets a resync", async () => {
    const { client: join } = room(level)
    const [ann, bob] = [await join("ann", 200), await join("bob")]
    expect(await ann.send("a").next()).toBe("1: a")
    ann.drop()
    expect(await bob.next()).toBe("ann left")
    await ann.connect()
    expect(ann.resyncs.length).toBe(1)
    expect(await ann.send("b").next()).toBe("1: b")
  })

  it("row 51: is a new one for a client with other data, and continues for its own", async () => {
    const { client: join, urlOf } = room(level)
    const ann = await join("ann")
    expect(await ann.send("a").next()).toBe("1: a")
    // The same secret, from another user.
    const protocols = ann.session.offer()
    const socket = await connect(urlOf("eve"), { protocols })
    expect(JSON.parse(String(await socket.next()))[0]).toEqual(["hi", expect.any(String), 0, false, 1])
    await ann.connect()
    expect(await ann.send("b").next()).toBe("2: b")
  })

  it("row 51: is a new one for a client with other params", async () => {
    const { client: join, urlOf } = room(level)
    const ann = await join("ann")
    expect(await ann.send("a").next()).toBe("1: a")
    const other = urlOf("ann").replace(`/${level}?`, level === "durable" ? "/resumable?" : "/durable?")
    const socket = await connect(other, { protocols: ann.session.offer() })
    expect(JSON.parse(String(await socket.next()))[0]).toEqual(["hi", expect.any(String), 0, false, 1])
    await ann.connect()
    expect(await ann.send("b").next()).toBe("2: b")
  })

  it("row 54: continues with a second socket, and the first is closed with 4409", async () => {
    const ann = await room(level).client("ann")
    const first = ann.socket
    expect(await ann.send("a").next()).toBe("1: a")
    await ann.connect()
    expect(await first?.closed).toEqual({ code: 4409, reason: "Opened elsewhere" })
    expect(await ann.send("b").next()).toBe("2: b")
  })

  it("row 55: is over at once when the client closes", async () => {
    const { client: join } = room(level)
    const [ann, bob] = [await join("ann"), await join("bob")]
    ann.socket?.close(4000, "bye")
    expect(await bob.next()).toBe("ann left")
    expect(await ann.socket?.closed).toEqual({ code: 4000, reason: "bye" })
    await ann.connect()
    expect(ann.resyncs.length).toBe(1)
  })

  it.each([1001, 4408])(
    "row 55: continues after a close with %i, which stands for a page that may be restored",
    async (code) => {
      const ann = await room(level).client("ann")
      expect(await ann.send("a").next()).toBe("1: a")
      ann.socket?.close(code)
      expect((await ann.socket?.closed)?.code).toBe(code)
      await ann.connect()
      expect(await ann.send("b").next()).toBe("2: b")
      expect(ann.resyncs).toEqual([])
    },
  )

  it("row 56: has its last messages and its close when it resumes", async () => {
    const { client: join } = room(level)
    const [ann, bob] = [await join("ann"), await join("bob")]
    ann.drop()
    expect(await bob.send("tell last").next()).toBe("last")
    expect(await bob.send("end ann").next()).toBe("ann left")
    await ann.connect()
    expect(await ann.next()).toBe("last")
    expect(await ann.socket?.closed).toEqual({ code: 4001, reason: "Ended" })
  })
})

it("rows 51 and 55: the flow sees 1006 when its time is over, and the client's own close at once", async () => {
  const { client: join } = room("farewells")
  const [ann, bob, cal] = [await join("ann", 200), await join("bob"), await join("cal")]
  ann.drop()
  expect(await cal.next()).toBe("1006 ")
  bob.socket?.close(4000, "bye")
  expect(await cal.next()).toBe("4000 bye")
})

it("row 52: a durable connection gets every message once after its object was evicted by force", async () => {
  const { client: join, crash } = room("durable")
  const ann = await join("ann")
  expect(await ann.send("a").next()).toBe("1: a")
  for (let n = 2; n < 6; n++) {
    await crash()
    await ann.socket?.closed
    ann.send(`message ${n}`)
    await ann.connect()
    expect(await ann.next()).toBe(`${n}: message ${n}`)
  }
  expect(ann.resyncs).toEqual([])
})

it("row 57: a live source with restart continues after a forced eviction with the next element", async () => {
  const { client: join, crash } = room("restart")
  const ann = await join("ann")
  const answer = Array.from({ length: 20 }, (_, index) => `why ${index + 1}`)
  expect(await ann.send("why").take(3)).toEqual(answer.slice(0, 3))
  await crash()
  await ann.socket?.closed
  await ann.connect()
  expect(await ann.take(17)).toEqual(answer.slice(3))
  expect(ann.resyncs).toEqual([])
})

it("row 58: a live source with fail closes with 1012 after a forced eviction", async () => {
  const { client: join, crash } = room("fail")
  const ann = await join("ann")
  expect(await ann.send("why").next()).toBe("why 1")
  await crash()
  await ann.socket?.closed
  await ann.connect()
  expect(await ann.socket?.closed).toMatchObject({ code: 1012 })
})

it("row 53: a connection that is not durable ends with a forced eviction, and its client gets a resync with its unconfirmed messages", async () => {
  const { client: join, crash } = room("resumable")
  const ann = await join("ann")
  expect(await ann.send("a").next()).toBe("1: a")
  await crash()
  await ann.socket?.closed
  ann.send("b")
  await ann.connect()
  expect(ann.resyncs).toEqual([["b"]])
  expect(await ann.send("c").next()).toBe("1: c")
})
