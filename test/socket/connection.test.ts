import { describe, expect, it, onTestFinished } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { messages, text } from "../../src/socket/codec.ts"
import { Message } from "../../src/socket/message.ts"
import { Flow } from "../../src/stream/flow.ts"
import { jsonLogger, type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { settled } from "../../src/testing/settled.ts"
import { Client, closed, connect } from "../support/client.ts"

const echo = Flow.of<string>()
const only = (source: Source<string>) => Flow.fromSinkAndSource<string, string>(Sink.ignore(), source)

describe("a connection", () => {
  it("sends the output of the flow, in order", () => {
    expect(
      connect(
        text,
        echo.mapConcat((m) => [m, `${m}!`]),
      ).send("a", "b").received,
    ).toEqual(["a", "a!", "b", "b!"])
  })

  it("sends elements that the flow emits by itself as soon as it is open", () => {
    expect(connect(text, only(Source.single("hello").concat(Source.never()))).received).toEqual(["hello"])
  })

  it("starts the flow when it opens, and not before", () => {
    const client = new Client(text, only(Source.tick(1_000).map(String))).advance(2_000)
    expect(client.received).toEqual([])
    expect(client.open().advance(2_000).received).toEqual(["0", "1", "2"])
  })

  it("is separate from another connection with the same flow", () => {
    const counted = echo.zipWithIndex().map(([message, index]) => `${message}${index}`)
    const [left, right] = [connect(text, counted), connect(text, counted)]
    left.send("a", "b").close()
    expect(right.send("a").received).toEqual(["a0"])
  })
})

describe("a flow that completes", () => {
  it("closes with 1000 after its messages", () => {
    expect(connect(text, only(Source.from(["a", "b"]))).received).toEqual(["a", "b", closed(1000)])
  })

  it("closes with 1000 when it takes no more elements", () => {
    expect(connect(text, echo.take(2)).send("a", "b", "c").received).toEqual(["a", "b", closed(1000)])
  })

  it("may complete before any message was sent", () => {
    expect(connect(text, only(Source.empty())).received).toEqual([closed(1000)])
  })

  it("leaves no timer in its other half", () => {
    const slow = Flow.of<string>().throttle(1, "1 second").to(Sink.ignore())
    const client = connect(text, Flow.fromSinkAndSource(slow, Source.tick(5_000).take(2).map(String)))
    expect(client.send("a", "b").advance(60_000).received).toEqual(["0", "1", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })
})

describe("a flow that closes", () => {
  it("closes with the code and the reason that it throws", () => {
    const picky = echo.map((message): string => {
      throw new CloseError(4000, `not ${message}`)
    })
    const client = connect(text, picky).send("a")
    expect(client.received).toEqual([closed(4000, "not a")])
    expect(client.errors).toEqual([])
  })

  it("closes with the close message that it emits, after its earlier elements", () => {
    const farewell = Source.from([Message.text("bye"), Message.close(4001, "enough"), Message.text("lost")])
    expect(connect(messages, Flow.fromSinkAndSource(Sink.ignore(), farewell)).received).toEqual([
      "bye",
      closed(4001, "enough"),
    ])
  })

  it("ends when it has emitted its close message", () => {
    const endless = Source.cycle([Message.text("again"), Message.close()])
    expect(connect(messages, Flow.fromSinkAndSource(Sink.ignore(), endless)).received).toEqual(["again", closed(1000)])
  })

  it("cuts a reason that is too long", () => {
    const failing = only(Source.failed(new CloseError(4000, "é".repeat(100))))
    expect(connect(text, failing).received).toEqual([closed(4000, "é".repeat(61))])
  })

  it("closes from its sink half as well", () => {
    const refuse = Sink.forEach((message: string) => {
      throw new CloseError(4000, message)
    })
    const client = connect(text, Flow.fromSinkAndSource(refuse, Source.tick(1_000).map(String)))
    expect(client.send("no").received).toEqual(["0", closed(4000, "no")])
    expect(client.errors).toEqual([])
    expect(client.clock.pending).toBe(0)
  })
})

describe("a flow that fails", () => {
  const error = new Error("private matters")
  const thrower = (): string => {
    throw error
  }

  it.each([
    ["in a function", echo.map(thrower)],
    ["in its sink half", Flow.fromSinkAndSource<string, string>(Sink.forEach(thrower), Source.never())],
    [
      "in a sink on the side",
      echo
        .filter((message) => message !== "a")
        .alsoTo(Sink.forEach(thrower))
        .drop(1),
    ],
    ["in both halves", Flow.fromSinkAndSourceCoupled<string, string>(Sink.forEach(thrower), Source.never())],
    ["in front of a delay", echo.map(thrower).delay(1_000)],
  ])("%s closes with 1011 and no reason, and is reported once", (_, flow) => {
    const client = connect(text, flow).send("a", "b").advance(10_000)
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([error])
    expect(client.clock.pending).toBe(0)
  })

  it("while it starts closes with 1011", () => {
    const client = connect(text, only(Source.failed(error)))
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([error])
  })

  it("after a message closes after that message", () => {
    const client = connect(text, only(Source.single("a").concat(Source.failed(error))))
    expect(client.received).toEqual(["a", closed(1011)])
  })

  it("later closes later", async () => {
    const client = connect(
      text,
      echo.mapAsync(1, async () => thrower()),
    ).send("a")
    expect(client.received).toEqual([])
    await settled()
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([error])
  })

  it("in the encoding of its codec closes with 1011", () => {
    const client = connect(text.contramap(thrower), echo).send("a", "b")
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([error])
  })

  it("in the codec of an endless source ends the source", () => {
    const client = connect(text.contramap(thrower), only(Source.repeat("a")))
    expect(client.received).toEqual([closed(1011)])
  })

  it("closes even if the report fails, which is logged and reaches no other connection's event", () => {
    const logged: LogEntry[] = []
    setLogger((entry) => void logged.push(entry))
    onTestFinished(() => setLogger(jsonLogger))
    const client = new Client(text, echo.map(thrower), {}, thrower).open()
    expect(client.send("a").received).toEqual([closed(1011)])
    expect(logged).toContainEqual(expect.objectContaining({ level: "error", event: "onError failed", cause: error }))
  })

  it("closes even if the logger throws", () => {
    setLogger(({ event }) => {
      if (event === "closed") throw error
    })
    onTestFinished(() => setLogger(jsonLogger))
    expect(connect(text, echo.take(1)).send("a").received).toEqual(["a", closed(1000)])
  })
})
