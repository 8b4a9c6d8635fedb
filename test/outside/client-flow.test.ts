import { randomUUID } from "node:crypto"
import { Sink, Source, text, webSocketClientFlow } from "sluice"
import { describe, expect, inject, it } from "vitest"
import { targets } from "../support/contract.ts"
import { Upstream } from "../support/upstream.ts"
import { connect } from "../support/ws-client.ts"

describe.each(targets)("a bridge on the $name target", ({ path }) => {
  const open = (endpoint: string, { url }: Upstream) =>
    connect(`${inject("contractUrl")}${path}/${endpoint}?${new URLSearchParams({ upstream: url, id: randomUUID() })}`)

  it("carries messages both ways, in order", async () => {
    const client = await open("bridge", await Upstream.start())
    const numbers = Array.from({ length: 100 }, (_, index) => String(index))
    expect(await client.send(...numbers).take(100)).toEqual(numbers.map((number) => `echo: ${number}`))
  })

  it.each([
    [1000, "", 1000],
    [1001, "restart", 1001],
    [1011, "it broke", 1011],
    [4001, "kicked", 4001],
  ])("closes the client with the upstream's code: %i %s", async (code, reason, expected) => {
    const upstream = await Upstream.start()
    const client = await open("bridge", upstream)
    expect(await client.send("hi").next()).toBe("echo: hi")
    client.send(`close ${code} ${reason}`)
    expect(await client.closed).toEqual({ code: expected, reason })
    expect(await upstream.closes[0]).toEqual({ code, reason })
  })

  it("closes the client with 1014 when the upstream is lost, or refuses the handshake", async () => {
    const upstream = await Upstream.start()
    const client = await open("bridge", upstream)
    client.send("drop")
    expect(await client.closed).toEqual({ code: 1014, reason: "The upstream cannot be reached" })
    upstream.isDown = true
    expect((await (await open("bridge", upstream)).closed).code).toBe(1014)
  })

  it("closes the upstream with 1000 when the client closes or vanishes", async () => {
    const upstream = await Upstream.start()
    const client = await open("bridge", upstream)
    expect(await client.send("hi").next()).toBe("echo: hi")
    client.close(4000, "bye")
    expect(await upstream.closes[0]).toEqual({ code: 1000, reason: "" })
    const other = await open("bridge", upstream)
    expect(await other.send("hi").next()).toBe("echo: hi")
    other.socket.terminate()
    expect((await upstream.closes[1])?.code).toBe(1000)
  })

  it("connects again with backoff to an upstream that is down, until it is up", async () => {
    const upstream = await Upstream.start()
    const client = await open("restarting-bridge", upstream)
    expect(await client.next()).toBe("echo: hello")
    upstream.isDown = true
    client.send("drop")
    while (upstream.attempts < 4) await new Promise((resolve) => setTimeout(resolve, 10))
    upstream.isDown = false
    expect(await client.next()).toBe("echo: hello")
    expect(await client.send("again").next()).toBe("echo: again")
    expect(upstream.attempts).toBeGreaterThanOrEqual(5)
    expect(upstream.sockets).toHaveLength(2)
  })
})

describe("a webSocketClientFlow in Node", () => {
  it("carries messages both ways", async () => {
    const { url } = await Upstream.start()
    const echoes = await Source.from(["a", "b"])
      .concat(Source.never<string>())
      .via(webSocketClientFlow(url, text))
      .take(2)
      .runWith(Sink.toArray())
    expect(echoes).toEqual(["echo: a", "echo: b"])
  })

  it("sends a close code that a script cannot send as a close without a code", async () => {
    const upstream = await Upstream.start()
    const broken = Source.single("a").concat(Source.never<string>()).via(webSocketClientFlow(upstream.url, text))
    const error = new Error("broken")
    const failing = broken.map(() => {
      throw error
    })
    await expect(failing.runWith(Sink.ignore())).rejects.toBe(error)
    expect((await upstream.closes[0])?.code).toBe(1005)
  })

  it("fails when there is no server", async () => {
    const flow = Source.never<string>().via(webSocketClientFlow("ws://127.0.0.1:1", text))
    await expect(flow.runWith(Sink.ignore())).rejects.toMatchObject({ code: 1014 })
  })
})
