import { describe, expect, it } from "vitest"
import { messages, text } from "../../src/socket/codec.ts"
import type { Limits } from "../../src/socket/limits.ts"
import { Message } from "../../src/socket/message.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { closed, connect } from "../support/client.ts"

const full = closed(1013, "The inbox is full")
/** Has no demand for a second, then unbounded demand. */
const late = Flow.of<string>().initialDelay("1 second")
const abcd = (limits: Limits) => connect(text, late, { maxQueuedMessages: 2, ...limits }).send("a", "b", "c", "d")

describe("the maxQueuedMessages", () => {
  it("holds messages without demand", () => {
    const client = connect(text, late, { maxQueuedMessages: 2 }).send("a", "b")
    expect(client.received).toEqual([])
    expect(client.advance(1_000).received).toEqual(["a", "b"])
  })

  it("holds nothing while the flow has unbounded demand", () => {
    expect(connect(text, Flow.of<string>(), { maxQueuedMessages: 1 }).send("a", "b", "c").received).toEqual([
      "a",
      "b",
      "c",
    ])
  })

  it("closes with 1013 when it is full", () => {
    const client = abcd({})
    expect(client.received).toEqual([full])
    expect(client.errors).toEqual([])
    expect(client.advance(1_000).received).toEqual([full])
    expect(client.clock.pending).toBe(0)
  })

  it.each([
    ["dropHead", ["c", "d"]],
    ["dropTail", ["a", "d"]],
    ["dropNew", ["a", "b"]],
    ["dropBuffer", ["c", "d"]],
  ] as const)("with %s drops instead", (queueOverflow, received) => {
    expect(abcd({ queueOverflow }).advance(1_000).received).toEqual(received)
  })

  it("has room for 256 messages by default", () => {
    const client = connect(text, late).send(...Array(256).fill("a"))
    expect(client.received).toEqual([])
    expect(client.send("a").received).toEqual([full])
  })

  it("always has room for the close", () => {
    const seen: Message[] = []
    const flow = Flow.of<Message>()
      .initialDelay("1 second")
      .map((message) => {
        seen.push(message)
        return message
      })
    connect(messages, flow, { maxQueuedMessages: 1 }).send("a").close(4000, "bye").advance(1_000)
    expect(seen).toEqual([Message.text("a"), Message.close(4000, "bye")])
  })

  it("is not needed by a flow that takes no more messages", () => {
    const client = connect(text, Flow.of<string>().take(1).delay(1_000), { maxQueuedMessages: 1 }).send(
      "a",
      "b",
      "c",
      "d",
    )
    expect(client.advance(1_000).received).toEqual(["a", closed(1000)])
  })

  it("emits nothing to a flow without demand", () => {
    const client = connect(
      text,
      Flow.of<string>()
        .zip(Source.never())
        .map(([message]) => message),
      { maxQueuedMessages: 1 },
    )
    expect(client.send("a", "b", "c").received).toEqual([full])
  })
})
