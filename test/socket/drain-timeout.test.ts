import { describe, expect, it } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Client, closed } from "../support/client.ts"

const boom = (): string => {
  throw new Error("boom")
}

describe("a flow whose client has closed", () => {
  it("handles earlier messages, for thirty seconds at the most", () => {
    const endless = Flow.of<string>().flatMapConcat(() => Source.tick("1 second").map(String))
    const client = new Client(text, endless).open().send("go").close(1000)
    expect(client.clock.pending).toBe(1)
    expect(client.advance(30_000).clock.pending).toBe(0)
    expect(client.received).toEqual(["0", closed(1000)])
  })

  it("has no more time than that when its object hibernates meanwhile", () => {
    const endless = () => Flow.of<string>().flatMapConcat(() => Source.tick("1 second").map(String))
    const client = new Client(text, endless()).open().send("go").close(1000)
    client.advance(10_000).hibernate(endless()).advance(19_999)
    expect(client.clock.pending).toBe(1)
    expect(client.advance(1).clock.pending).toBe(0)
  })

  it("reports a failure in its sink", () => {
    const sink = Flow.of<string>().delay(100).map(boom).to(Sink.ignore())
    const client = new Client(text, Flow.fromSinkAndSource(sink, Source.never<string>()))
    client.open().send("late").close(1000).advance(100)
    expect(client.errors).toEqual([new Error("boom")])
  })

  it("does not report a sink of one element that got none", () => {
    const client = new Client(text, Flow.fromSinkAndSource(Sink.head<string>(), Source.never<string>()))
    client.open().close(1000)
    expect(client.errors).toEqual([])
  })

  it("does not report a failure behind a wire tap", () => {
    const client = new Client(text, Flow.of<string>().wireTap(Flow.of<string>().map(boom).to(Sink.ignore())))
    client.open().send("through")
    expect(client.received).toEqual(["through"])
    expect(client.errors).toEqual([])
  })
})

describe("a flow that has cancelled its input", () => {
  it("closes with 1011 when an element on its way fails", () => {
    const client = new Client(text, Flow.of<string>().take(1).delay(100).map(boom)).open().send("only").advance(100)
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([new Error("boom")])
  })
})
