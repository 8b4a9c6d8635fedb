import { describe, expect, it } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { Codec } from "../../src/socket/codec.ts"
import type { SlowReaderStrategy } from "../../src/socket/limits.ts"
import { Message } from "../../src/socket/message.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { closed } from "../support/client.ts"
import { echo, mark, ten, tens } from "../support/slow-flows.ts"
import { SlowClient } from "./slow-client.ts"

/** Sends texts. `close` closes, and `bad` cannot be encoded. */
const codec = new Codec<string, string>(String, (element) => {
  if (element === "bad") throw new Error("bad")
  return element === "close" ? Message.close(4001, "bye") : element
})
const slow = (slowReader: SlowReaderStrategy) => new SlowClient(echo(), { ...mark, slowReader }, codec)

describe("a close message for a slow client", () => {
  it.each([
    ["backpressure", 15],
    ["dropHead", 15],
    ["dropNew", 11],
  ] as const)("is never dropped, and follows the messages before it: %s", (slowReader, count) => {
    const client = slow(slowReader)
      .send(...tens(1, 15), "close", ...tens(16, 40))
      .catchUp()
    expect(client.received).toEqual([...tens(1, count), closed(4001, "bye")])
    expect(client.isOver).toBe(true)
  })

  it("has its code after an eviction", () => {
    const client = new SlowClient(echo(), { ...mark, slowReader: "fail" }, codec).send(...tens(1, 9))
    client.broadcast(...tens(10, 12))
    client.hibernate(echo()).send("close")
    expect(client.read().received).toEqual([...tens(1, 12), closed(4001, "bye")])
  })
})

describe("an element for a slow client that the codec cannot encode", () => {
  it.each([
    ["dropHead", 12],
    ["dropNew", 11],
  ] as const)("fails the flow that has emitted it, in the same event: %s", (slowReader, count) => {
    const client = slow(slowReader).send(...tens(1, 12), "bad")
    expect(client.errors).toEqual([new Error("bad")])
    expect(client.catchUp().received).toEqual([...tens(1, count), closed(1011)])
  })
})

describe("messages that wait for a slow client are sent before the close", () => {
  const kick = "kick"
  const kicking = Flow.of<string>().map((message) => {
    if (message === kick) throw new CloseError(4001, "bye")
    return message
  })
  const numbers = Source.range(1, 14).map((n) => ten(String(n)))
  const kicked = closed(4001, "bye")

  it.each([
    ["of a flow that fails", kicking, kick, kicked],
    [
      "of a flow that has cancelled its input",
      echo()
        .takeWhile((message) => message !== kick)
        .merge(Source.never()),
      kick,
      closed(1000),
    ],
    ["of a client that exceeds a limit", echo(), "x".repeat(101), closed(1009, "A message may have 100 bytes")],
  ])("%s", (_, flow, last, close) => {
    const client = new SlowClient(flow, { ...mark, slowReader: "dropHead", maxMessageSize: 100 })
    expect(client.send(...tens(1, 14), last).catchUp().received).toEqual([...tens(1, 14), close])
  })

  it("of a flow whose sink half fails", () => {
    const flow = Flow.fromSinkAndSource(kicking.to(Sink.ignore()), numbers.concat(Source.never()))
    const client = new SlowClient(flow, { ...mark, slowReader: "dropHead" }).send(kick).catchUp()
    expect(client.received).toEqual([...tens(1, 14), kicked])
  })

  it("except those of a flow whose state cannot be stored", () => {
    const client = slow("dropHead")
      .send(...tens(1, 14))
      .abort(new Error("unstorable"))
    expect(client.catchUp().received).toEqual([...tens(1, 11), closed(1011)])
    expect(client.isOver).toBe(true)
  })
})
