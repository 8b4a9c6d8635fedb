import { describe, expect, it } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import type { ClientFlowOptions } from "../../src/socket/client-options.ts"
import { CloseError } from "../../src/socket/close.ts"
import { text } from "../../src/socket/codec.ts"
import { json } from "../../src/socket/json.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { Client, closed } from "../support/client.ts"
import { dialed, failedWith, opened, openedWith } from "../support/dialed-upstream.ts"
import { FakeUpstream } from "./fake-upstream.ts"

describe("webSocketClientFlow", () => {
  it("closes with 1000 when upstream completes, and completes", async () => {
    const { probe, socket } = await opened()
    probe.send("a").complete()
    expect([socket.sent, socket.closedWith]).toEqual([["a"], [1000, ""]])
    expect(probe.ended).toBe("completed")
  })

  it("closes with 1000 when downstream cancels, and cancels", async () => {
    const { probe, socket } = await opened()
    probe.cancel()
    expect(socket.closedWith).toEqual([1000, ""])
    expect(probe.cancelled).toBe(true)
  })

  it("closes with the code of the CloseError that the flow fails with, and with 1011 for another error", async () => {
    const kicked = await opened()
    kicked.probe.fail(new CloseError(4001, "kicked"))
    expect(kicked.socket.closedWith).toEqual([4001, "kicked"])
    expect(kicked.probe.ended).toEqual(failedWith(4001, "kicked"))
    const broken = await opened()
    broken.probe.cancel(new Error("broken"))
    expect(broken.socket.closedWith).toEqual([1011, ""])
  })

  it("fails with an element that the codec cannot encode", async () => {
    const { probe, socket } = await opened()
    probe.send(7 as never)
    expect(probe.ended).toEqual({ failed: expect.any(TypeError) })
    expect(socket.closedWith).toEqual([1011, ""])
  })

  it.each([1000, 1005])("completes when the peer closes with %i", async (code) => {
    const { probe, socket } = await opened()
    socket.end(code)
    expect([probe.ended, probe.cancelled]).toEqual(["completed", true])
    expect(socket.closedWith).toEqual(code === 1005 ? [] : [1000, ""])
  })

  it.each([1001, 1008, 1011, 3000, 4001])("fails with %i when the peer closes with it", async (code) => {
    const { probe, socket } = await opened()
    socket.end(code, "why")
    expect(probe.ended).toEqual(failedWith(code, "why"))
    expect(probe.cancelled).toEqual({ cause: expect.objectContaining({ code }) })
    expect(socket.closedWith).toEqual([code, "why"])
  })

  it("emits messages from before the peer's close, and then fails", async () => {
    const { probe, socket } = await opened()
    socket.receive("a").receive("b").end(4001)
    expect(probe.ended).toBe(undefined)
    probe.request(1)
    expect([probe.received, probe.ended]).toEqual([["a"], undefined])
    probe.request(1)
    expect([probe.received, probe.ended]).toEqual([["a", "b"], failedWith(4001, "")])
  })

  it("takes a close code that must not be on the wire for 1002", async () => {
    const { probe, socket } = await opened()
    socket.end(999)
    expect(probe.ended).toEqual(failedWith(1002, ""))
  })

  it("fails with 1014 when the upstream is lost, refuses the handshake or does not answer", async () => {
    const lost = await opened()
    lost.socket.end(1006)
    expect(lost.probe.ended).toEqual(failedWith(1014, "The upstream cannot be reached"))
    const refused = dialed()
    await refused.upstream.refuse(403)
    expect(refused.probe.ended).toEqual(failedWith(1014, "The upstream cannot be reached"))
    const cause = expect.objectContaining({ message: "wss://upstream.example/feed answered 403, and not 101" })
    expect(refused.probe.ended).toEqual({ failed: expect.objectContaining({ cause }) })
    const silent = dialed({ handshakeTimeout: "5 seconds" })
    await settled()
    silent.probe.advance(5000)
    expect(silent.probe.ended).toEqual(failedWith(1014, "The upstream cannot be reached"))
    expect(silent.upstream.requests[0]?.signal.aborted).toBe(true)
  })

  it("closes a socket that opens after the flow has ended", async () => {
    const upstream = new FakeUpstream()
    const late = Promise.withResolvers<void>()
    const fetch: typeof upstream.fetch = async (url, init) => {
      await late.promise
      return upstream.fetch(url, { ...init, signal: new AbortController().signal })
    }
    const probe = Probe.flow(() => webSocketClientFlow("ws://upstream.example", text, { fetch }))
    await settled()
    probe.cancel()
    late.resolve()
    await settled()
    expect((await upstream.accept()).closedWith).toEqual([1001, ""])
  })

  it("closes with 1003 for a message that it cannot decode, and fails with 1014", async () => {
    const { probe, socket } = await openedWith(json())
    socket.receive("{")
    expect(socket.closedWith?.[0]).toBe(1003)
    expect(probe.ended).toEqual(failedWith(1014, "The upstream sent an invalid message"))
  })

  it("closes with 1009 for a message above maxMessageSize, and with 1008 for too many a second", async () => {
    const large = await opened({ limits: { maxMessageSize: 3 } })
    large.socket.receive("1234")
    expect([large.socket.closedWith?.[0], large.probe.ended]).toEqual([1009, failedWith(1014, expect.any(String))])
    const fast = await opened({ limits: { messagesPerSecond: 1 } })
    fast.socket.receive("1").receive("2")
    expect(fast.socket.closedWith?.[0]).toBe(1008)
  })

  it("counts the upstream as lost after its idleTimeout", async () => {
    const { probe, socket } = await opened({ limits: { idleTimeout: 1000 } })
    probe.advance(600)
    socket.receive("a")
    probe.unbounded().advance(600)
    expect(probe.ended).toBe(undefined)
    probe.advance(400)
    expect(socket.closedWith).toEqual([1001, "Idle for too long"])
    expect(probe.ended).toEqual(failedWith(1014, "The upstream cannot be reached"))
  })
})

describe("a bridge", () => {
  const bridge = (options?: ClientFlowOptions<string>) => {
    const { upstream, flow } = dialed(options)
    return { upstream, client: new Client(text, Flow.of<string>().via(flow())).open() }
  }

  it.each([
    [1000, 1000],
    [1011, 1011],
    [4001, 4001],
    [1006, 1014],
  ])("closes the client after the upstream's %i with %i", async (code, expected) => {
    const { upstream, client } = bridge()
    const socket = await upstream.accept()
    client.send("hello")
    expect(socket.sent).toEqual(["hello"])
    socket.receive("world").end(code, "")
    expect(client.received).toEqual(["world", closed(expected, code === 1006 ? "The upstream cannot be reached" : "")])
  })

  it("closes the upstream when the client closes or vanishes", async () => {
    const left = bridge()
    const socket = await left.upstream.accept()
    left.client.close(4000)
    expect(socket.closedWith).toEqual([1000, ""])
    const gone = bridge()
    const other = await gone.upstream.accept()
    gone.client.vanish()
    expect(other.closedWith).toEqual([1000, ""])
  })

  it("delivers the upstream's messages before its close to a slow flow, and then closes the client", async () => {
    const { upstream, flow } = dialed()
    const client = new Client(text, Flow.of<string>().via(flow()).throttle(1, "1 second")).open()
    const socket = await upstream.accept()
    socket.receive("a").receive("b").receive("c").end(4001, "kicked")
    client.clock.advance("5 seconds")
    // A failure overtakes elements that a stage holds: here the last message, in the throttle.
    expect(client.received).toEqual(["a", "b", closed(4001, "kicked")])
  })

  it("delivers the client's messages from before the upstream is connected", async () => {
    const { upstream, client } = bridge()
    client.send("a", "b")
    expect((await upstream.accept()).sent).toEqual(["a", "b"])
  })
})
