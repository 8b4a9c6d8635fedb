import { describe, expect, it } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { settled } from "../../src/testing/settled.ts"
import { closed, connect } from "../support/client.ts"

const echo = Flow.of<string>()
const ticks = Source.tick(1_000).map(String)

describe("a flow that takes no more messages", () => {
  it("closes with 1000 once its elements were sent", () => {
    const client = connect(text, echo.take(3).delay(1_000)).send("a").advance(500).send("b", "c", "d")
    expect(client.advance(500).received).toEqual(["a"])
    expect(client.advance(500).received).toEqual(["a", "b", "c", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("closes with 1000 once its elements have left a throttle", () => {
    const client = connect(text, echo.take(3).throttle(1, "1 second")).send("a", "b", "c")
    expect(client.advance(1_999).received).toEqual(["a", "b"])
    expect(client.advance(1).received).toEqual(["a", "b", "c", closed(1000)])
  })

  it("closes with 1000 once its promises are settled", async () => {
    const client = connect(
      text,
      echo.take(2).mapAsync(2, async (message) => message),
    ).send("a", "b")
    expect(client.received).toEqual([])
    await settled()
    expect(client.received).toEqual(["a", "b", closed(1000)])
  })

  it("closes at once if further elements can only come from another source", () => {
    const client = connect(text, echo.take(1).merge(ticks))
    expect(client.send("a").received).toEqual(["0", "a", closed(1000)])
    expect(client.advance(5_000).received).toEqual(["0", "a", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("closes when its sink has completed", () => {
    const client = connect(text, Flow.fromSinkAndSource(Sink.head<string>(), ticks)).advance(1_000)
    expect(client.send("enough").received).toEqual(["0", "1", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("closes when its sink takes no elements", () => {
    const client = connect(text, Flow.fromSinkAndSource(Sink.cancelled(), Source.never<string>()))
    expect(client.received).toEqual([closed(1000)])
  })

  it("waits for elements on their way to its sink", () => {
    const slow = Flow.of<string>().take(1).delay(1_500).to(Sink.ignore())
    const client = connect(text, Flow.fromSinkAndSource(slow, ticks)).send("a")
    expect(client.advance(5_000).received).toEqual(["0", "1", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("closes when the last of its branches takes no more", () => {
    const client = connect(text, echo.broadcast(echo.take(1), echo.take(2).delay(1_000))).send("a", "b", "c")
    expect(client.advance(1_000).received).toEqual(["a", "a", "b", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("answers the client's close if that comes first", () => {
    const client = connect(text, echo.take(1).delay(1_000)).send("a").close(4000).advance(5_000)
    expect(client.received).toEqual([closed(4000)])
    expect(client.clock.pending).toBe(0)
  })
})
