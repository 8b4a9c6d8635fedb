import { describe, expect, it, vi } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import type { ClientFlowOptions } from "../../src/socket/client-options.ts"
import { text } from "../../src/socket/codec.ts"
import { setLogger } from "../../src/stream/logger.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { FakeUpstream } from "./fake-upstream.ts"

const backoff = { minBackoff: 1000, maxBackoff: 4000, randomFactor: 0 }

function dialed(options: ClientFlowOptions<string> = {}) {
  const upstream = new FakeUpstream()
  const flow = () => webSocketClientFlow("ws://upstream.example", text, { backoff, fetch: upstream.fetch, ...options })
  return { upstream, flow, probe: Probe.flow(flow) }
}

async function opened(options?: ClientFlowOptions<string>) {
  const all = dialed(options)
  return { ...all, socket: await all.upstream.accept() }
}

const failedWith = (code: number) => ({ failed: expect.objectContaining({ code }) })

describe("the backoff of a webSocketClientFlow", () => {
  it("connects again after minBackoff, and after twice as long each time, up to maxBackoff", async () => {
    const { probe, upstream } = dialed()
    for (const wait of [1000, 2000, 4000, 4000]) {
      await upstream.refuse()
      const { attempts } = upstream
      probe.advance(wait - 1)
      await settled()
      expect(upstream.attempts).toBe(attempts)
      probe.advance(1)
      await settled()
      expect(upstream.attempts).toBe(attempts + 1)
    }
    await upstream.accept()
    probe.unbounded().send("a")
    expect(upstream.socket.receive("b").sent).toEqual(["a"])
    expect(probe.received).toEqual(["b"])
  })

  it("adds a random part of up to randomFactor", async () => {
    const random = vi.spyOn(Math, "random").mockReturnValue(0.5)
    const { probe, upstream } = dialed({ backoff: { ...backoff, randomFactor: 0.2 } })
    await upstream.refuse()
    probe.advance(1099)
    await settled()
    expect(upstream.attempts).toBe(1)
    probe.advance(1)
    await settled()
    expect(upstream.attempts).toBe(2)
    random.mockRestore()
  })

  it("fails after maxRestarts", async () => {
    const { probe, upstream } = dialed({ backoff: { ...backoff, maxRestarts: 2, maxRestartsWithin: "1 hour" } })
    for (let attempt = 0; attempt < 3; attempt++) {
      await upstream.refuse()
      probe.advance(8000)
    }
    expect(probe.ended).toEqual(failedWith(1014))
    expect(upstream.attempts).toBe(3)
  })

  it("counts attempts without an answer, however long they last", async () => {
    const { probe, upstream } = dialed({ handshakeTimeout: "10 seconds", backoff: { ...backoff, maxRestarts: 2 } })
    for (const wait of [1000, 2000]) {
      await settled()
      probe.advance(10_000 + wait - 1)
      await settled()
      const { attempts } = upstream
      probe.advance(1)
      await settled()
      expect(upstream.attempts).toBe(attempts + 1)
    }
    probe.advance(10_000)
    await settled()
    expect([probe.ended, upstream.attempts]).toEqual([failedWith(1014), 3])
  })

  it("counts from 0 after a connection that has lasted for maxRestartsWithin", async () => {
    const { probe, upstream } = dialed({ backoff: { ...backoff, maxRestarts: 1 } })
    for (let round = 0; round < 3; round++) {
      const socket = await upstream.accept()
      probe.advance(1001)
      socket.end(1006)
      probe.advance(1000)
      await settled()
    }
    expect([probe.ended, upstream.attempts]).toEqual([undefined, 4])
  })

  it.each([1001, 1006, 1011, 1012, 1013, 1014])("connects again after %i", async (code) => {
    const { probe, upstream, socket } = await opened()
    socket.end(code)
    probe.advance(1000)
    await settled()
    expect([probe.ended, upstream.attempts]).toEqual([undefined, 2])
  })

  it.each([1000, 1005, 1002, 1008, 3000, 4001])("ends after %i", async (code) => {
    const { probe, upstream, socket } = await opened()
    socket.end(code)
    probe.advance(10_000)
    await settled()
    expect(probe.ended).toEqual(code === 1000 || code === 1005 ? "completed" : failedWith(code))
    expect(upstream.attempts).toBe(1)
  })

  it("holds one message while it connects again, and backpressures", async () => {
    const { probe, upstream, socket } = await opened()
    socket.end(1006)
    probe.send("a")
    expect(probe.demand).toBe(false)
    probe.advance(1000)
    expect((await upstream.accept()).sent).toEqual(["a"])
    expect(probe.demand).toBe(true)
  })

  it("drops messages meanwhile, or fails, by slowReader", async () => {
    const newest = await opened({ limits: { slowReader: "dropHead" } })
    newest.socket.end(1006)
    for (let n = 1; n <= 20; n++) newest.probe.send(String(n))
    newest.probe.advance(1000)
    expect((await newest.upstream.accept()).sent).toHaveLength(16)
    expect(newest.upstream.socket.sent.at(-1)).toBe("20")
    const strict = await opened({ limits: { slowReader: "fail" } })
    strict.socket.end(1006)
    strict.probe.send("a")
    expect(strict.probe.ended).toEqual(failedWith(1013))
  })

  it("sends the held message before it closes, when upstream completes meanwhile", async () => {
    const { probe, upstream, socket } = await opened()
    socket.end(1006)
    probe.send("a").complete()
    expect(probe.ended).toBe(undefined)
    probe.advance(1000)
    const { sent, closedWith } = await upstream.accept()
    expect([sent, closedWith, probe.ended]).toEqual([["a"], [1000, ""], "completed"])
  })

  it("gives up when upstream completes with nothing to send, and when downstream cancels", async () => {
    const completed = await opened()
    completed.socket.end(1006)
    completed.probe.complete().advance(10_000)
    expect([completed.probe.ended, completed.upstream.attempts]).toEqual(["completed", 1])
    const cancelled = await opened()
    cancelled.socket.end(1006)
    cancelled.probe.cancel().advance(10_000)
    expect([cancelled.probe.cancelled, cancelled.upstream.attempts]).toEqual([true, 1])
    expect(cancelled.probe.clock.pending).toBe(0)
  })

  it("logs each loss with its code or its cause", async () => {
    const entries: unknown[] = []
    setLogger((entry) => entries.push(entry))
    const { probe, upstream, socket } = await opened()
    socket.end(1012)
    probe.advance(1000)
    await upstream.refuse(502)
    setLogger(() => {})
    const event = "upstream lost, connects again"
    const cause = expect.objectContaining({ message: "ws://upstream.example answered 502, and not 101" })
    expect(entries).toEqual([
      { level: "info", event, code: 1012 },
      { level: "info", event, cause },
    ])
  })
})
