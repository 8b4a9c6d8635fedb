import { describe, expect, it, vi } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import { messages, text } from "../../src/socket/codec.ts"
import { Message } from "../../src/socket/message.ts"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { settled } from "../../src/testing/settled.ts"
import { backoff, dialed, opened, openedWith } from "../support/dialed-upstream.ts"

describe("webSocketClientFlow", () => {
  it("sends its elements, and emits received messages", async () => {
    const { probe, socket } = await opened()
    probe.unbounded().send("a", "b")
    socket.receive("c").receive("d")
    expect(socket.sent).toEqual(["a", "b"])
    expect(probe.received).toEqual(["c", "d"])
  })

  it("requests an upgrade, with headers, and with the subprotocols to offer", async () => {
    const token = vi.fn(async () => ({ Authorization: "Bearer 1" }))
    const { upstream } = dialed({ headers: token, subprotocols: ["v2", "v1"] })
    await settled()
    expect(upstream.requests).toMatchObject([
      {
        url: "https://upstream.example/feed?token=1",
        headers: { Authorization: "Bearer 1", "Sec-WebSocket-Protocol": "v2, v1", Upgrade: "websocket" },
      },
    ])
  })

  it("backpressures until the socket is open", async () => {
    const { probe, upstream } = dialed()
    expect(probe.demand).toBe(false)
    await upstream.accept()
    expect(probe.demand).toBe(true)
  })

  it.each(["dropHead", "dropNew", "fail"] as const)("does so with the slowReader %s, too", async (slowReader) => {
    const { probe, upstream } = dialed({ limits: { slowReader } })
    expect(probe.demand).toBe(false)
    await upstream.accept()
    expect(probe.demand).toBe(true)
  })

  it("backpressures above maxBufferedAmount, until the upstream has read", async () => {
    const { probe, socket } = await opened({ limits: { maxBufferedAmount: 10 } })
    socket.bufferedAmount = 11
    probe.send("12345")
    expect(probe.demand).toBe(false)
    socket.bufferedAmount = 0
    socket.receive("read")
    expect(probe.demand).toBe(true)
  })

  it("sends the messages of onConnect first, on each connection", async () => {
    const { probe, upstream, socket } = await opened({ backoff, onConnect: () => ["login"] })
    probe.send("a")
    expect(socket.sent).toEqual(["login", "a"])
    socket.end(1006)
    probe.advance(1000)
    expect((await upstream.accept()).sent).toEqual(["login"])
  })

  it("keeps received messages without demand up to maxQueuedMessages, and fails beyond", async () => {
    const { probe, socket } = await opened({ limits: { maxQueuedMessages: 2 } })
    socket.receive("a").receive("b").receive("c")
    expect(probe.ended).toEqual({ failed: expect.any(BufferOverflowError) })
    expect(socket.closedWith).toEqual([1013, ""])
  })

  it("drops received messages by queueOverflow", async () => {
    const { probe, socket } = await opened({ limits: { maxQueuedMessages: 2, queueOverflow: "dropHead" } })
    socket.receive("a").receive("b").receive("c")
    expect(probe.unbounded().received).toEqual(["b", "c"])
  })

  it("gives the peer's close to a codec with closed, and sends the closes that the flow emits", async () => {
    const received = await openedWith(messages)
    received.socket.end(4001, "kicked")
    expect(received.probe.unbounded().received).toEqual([Message.close(4001, "kicked")])
    expect(received.probe.ended).toBe("completed")
    const sent = await openedWith(messages)
    sent.probe.send(Message.close(4002, "bye"))
    expect(sent.socket.closedWith).toEqual([4002, "bye"])
    const gone = await openedWith(messages)
    gone.probe.send({ type: "close", code: 1006, reason: "" })
    expect(gone.socket.closedWith).toEqual([1001, ""])
  })

  it("names wrong codecs, URLs and settings", () => {
    expect(() => webSocketClientFlow("ws://a", "text" as never)).toThrow(TypeError)
    expect(() => webSocketClientFlow("ftp://a", text)).toThrow(
      'webSocketClientFlow takes the URL of a WebSocket, and got "ftp://a": write it with wss:// or ws://',
    )
    expect(() => webSocketClientFlow("ws://a", text, { backoff: { ...backoff, maxBackoff: 1 } })).toThrow(
      "webSocketClientFlow: backoff: maxBackoff",
    )
    expect(() => webSocketClientFlow("ws://a", text, { limits: { maxMessageSize: 0 } })).toThrow(RangeError)
  })
})
