import { env } from "cloudflare:workers"
import { text } from "sluice"
import { expectSleeps, WorkerdObject } from "sluice/testing/workerd"
import { describe, expect, it } from "vitest"

describe("expectSleeps", () => {
  it("takes an object with a silent client", async () => {
    const bench = new WorkerdObject(env.WORKBENCH)
    const client = await bench.connect(text)
    await expectSleeps(bench.stub)
    await client.send("awake again")
    await client.expect("awake again")
  })

  it("refuses one with an interval, and says where it was set", async () => {
    const bench = new WorkerdObject(env.WORKBENCH)
    const interval = await bench.inside(() => setInterval(() => {}, 1_000))
    await expect(expectSleeps(bench.stub)).rejects.toThrow(/a setInterval of 1000 ms, at .*sleeps\.test/)
    await bench.inside(() => clearInterval(interval))
    await expectSleeps(bench.stub)
  })

  it("refuses one that waits by the scheduler", async () => {
    const bench = new WorkerdObject(env.WORKBENCH)
    const stop = await bench.inside(() => {
      const controller = new AbortController()
      scheduler.wait(60_000, { signal: controller.signal }).catch(() => {})
      return controller
    })
    await expect(expectSleeps(bench.stub)).rejects.toThrow(/a scheduler\.wait of 60000 ms, at .*sleeps\.test/)
    await bench.inside(() => stop.abort())
    await expectSleeps(bench.stub)
  })

  it("refuses one with a socket that it has accepted itself", async () => {
    const bench = new WorkerdObject(env.WORKBENCH)
    const client = await bench.inside(() => {
      const { 0: client, 1: server } = new WebSocketPair()
      server.accept()
      return client
    })
    await expect(expectSleeps(bench.stub)).rejects.toThrow("a socket that was accepted by accept()")
    // Held until here, because the runtime closes the socket when its other end is collected.
    expect(client).toBeInstanceOf(WebSocket)
  })
})
