import { describe, expect, it } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import type { ClientFlowOptions } from "../../src/socket/client-options.ts"
import { text } from "../../src/socket/codec.ts"
import { assertDurable } from "../../src/stream/engine/fingerprint.ts"
import { PinnedFlowError } from "../../src/stream/errors.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { backoff, dialed as dial } from "../support/dialed-upstream.ts"
import { FakeUpstream } from "./fake-upstream.ts"

const dialed = (options: ClientFlowOptions<string>) => dial({ backoff, ...options })

async function opened(options: ClientFlowOptions<string>) {
  const all = dialed(options)
  return { ...all, socket: await all.upstream.accept() }
}

const failedWith = (code: number) => ({ failed: expect.objectContaining({ code }) })

describe("the onEviction of a webSocketClientFlow", () => {
  it("is required in a Durable Object", () => {
    const flow = (options: ClientFlowOptions<string>) => webSocketClientFlow("ws://a", text, options).chain
    expect(() => assertDurable(flow({}))).toThrow(PinnedFlowError)
    expect(() => assertDurable(flow({}))).toThrow('say what becomes of its socket: onEviction: "restart" or "fail"')
    expect(() => assertDurable(flow({ onEviction: "restart" }))).not.toThrow()
  })

  it("connects again with restart, and emits messages that it had received before", async () => {
    const { probe, upstream, socket } = await opened({ onEviction: "restart" })
    socket.receive("a").receive("b")
    probe.request(1).hibernate()
    expect((await upstream.accept()).sent).toEqual([])
    expect(upstream.attempts).toBe(2)
    upstream.socket.receive("c")
    expect(probe.unbounded().received).toEqual(["a", "b", "c"])
    socket.receive("of the lost instance")
    expect(probe.received).toEqual(["a", "b", "c"])
  })

  it("fails with 1012 with fail", async () => {
    const { probe, upstream } = await opened({ onEviction: "fail" })
    probe.hibernate()
    expect(probe.ended).toEqual(failedWith(1012))
    expect(upstream.attempts).toBe(1)
  })

  it("continues a wait for a restart, and the count of restarts", async () => {
    const { probe, upstream } = dialed({ onEviction: "fail", backoff: { ...backoff, maxRestartsWithin: "1 hour" } })
    await upstream.refuse()
    probe.hibernate().advance(999)
    await settled()
    expect(upstream.attempts).toBe(1)
    probe.advance(1)
    await upstream.refuse()
    probe.hibernate().advance(1999)
    await settled()
    expect(upstream.attempts).toBe(2)
    probe.advance(1)
    await settled()
    expect(upstream.attempts).toBe(3)
  })

  it("keeps the failure that follows received messages", async () => {
    const { probe, upstream, socket } = await opened({ onEviction: "restart" })
    socket.receive("a").end(4001, "kicked")
    probe.hibernate().unbounded()
    expect(probe.received).toEqual(["a"])
    expect(probe.ended).toEqual(failedWith(4001))
    expect([upstream.attempts, probe.hibernate().save()]).toEqual([1, expect.any(Array)])
  })

  it("keeps a message that was held", async () => {
    const { probe, upstream, socket } = await opened({ onEviction: "restart" })
    socket.end(1006)
    probe.send("a").hibernate().advance(1000)
    expect((await upstream.accept()).sent).toEqual(["a"])
  })

  it("keeps the end that follows a held message", async () => {
    const { probe, upstream, socket } = await opened({ onEviction: "restart" })
    socket.end(1006)
    probe.send("a").complete().hibernate().advance(1000)
    const { sent, closedWith } = await upstream.accept()
    expect([sent, closedWith, probe.ended]).toEqual([["a"], [1000, ""], "completed"])
  })

  it.each([
    ["while it waits", true],
    ["while it is connected", false],
  ])("drops messages by slowReader until it has connected again: evicted %s", async (_, isWaiting) => {
    const { probe, upstream, socket } = await opened({ onEviction: "restart", limits: { slowReader: "dropHead" } })
    if (isWaiting) socket.end(1006)
    probe.hibernate()
    for (let n = 1; n <= 20; n++) probe.send(String(n))
    probe.advance(1000)
    expect((await upstream.accept()).sent).toEqual(Array.from({ length: 16 }, (_, n) => String(n + 5)))
  })

  it("has no demand before the first connection after an eviction either", async () => {
    const { probe, upstream } = dialed({ onEviction: "restart", limits: { slowReader: "fail" } })
    await settled()
    expect(probe.hibernate().demand).toBe(false)
    await upstream.accept()
    expect(probe.demand).toBe(true)
  })

  it("has a timer while it is connected, which wakes an object that was evicted", async () => {
    const { probe } = await opened({ onEviction: "restart" })
    expect(probe.advance(10_000).clock.nextDue).toBe(60_000)
    expect(probe.advance(60_000).clock.nextDue).toBe(120_000)
    expect((await opened({})).probe.advance(10_000).clock.nextDue).toBe(undefined)
  })

  it("closes the socket inside a source that flatMapConcat made, when the flow ends", async () => {
    const upstream = new FakeUpstream()
    const source = () =>
      Source.never<string>().via(webSocketClientFlow("ws://a", text, { fetch: upstream.fetch, onEviction: "restart" }))
    const probe = Probe.source(() => Source.single(1).concat(Source.never()).flatMapConcat(source)).unbounded()
    const socket = await upstream.accept()
    socket.receive("a")
    probe.cancel()
    expect([probe.received, socket.closedWith]).toEqual([["a"], [1000, ""]])
  })
})
