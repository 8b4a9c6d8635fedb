import { describe, expect, it, onTestFinished } from "vitest"
import { messages, text } from "../../src/socket/codec.ts"
import { Message } from "../../src/socket/message.ts"
import { Flow } from "../../src/stream/flow.ts"
import { jsonLogger, type LogEntry, setLogger } from "../../src/stream/logger.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { settled } from "../../src/testing/settled.ts"
import { closed, connect } from "../support/client.ts"

const completed = { type: "completed" }

/** A flow that records its input, and the end of it. */
function noting<T>(notes: unknown[]): Flow<T, T> {
  return Flow.of<T>()
    .map((element) => {
      notes.push(element)
      return element
    })
    .onTermination((termination) => notes.push(termination))
}

describe("a client that closes", () => {
  it("gets its code and reason back", () => {
    expect(connect(text, Flow.of<string>()).send("a").close(4000, "bye").received).toEqual(["a", closed(4000, "bye")])
  })

  it("without a code gets a close without one", () => {
    expect(connect(text, Flow.of<string>()).close().received).toEqual([closed()])
  })

  it.each([0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_535])(
    "with %i, which must not be on the wire, gets 1002, and so does the flow (fault 19)",
    (code) => {
      const seen: unknown[] = []
      const client = connect(messages, noting<Message>(seen)).close(code, "?")
      expect(client.received).toEqual([closed(1002)])
      expect(seen).toEqual([{ type: "close", code: 1002, reason: "?" }, completed])
      expect(client.metrics.closes).toEqual(new Map([[1002, 1]]))
    },
  )

  it("with 1005 and a reason, which is no close without a code, gets 1002 (fault 19)", () => {
    expect(connect(messages, Flow.of<Message>()).close(1005, "?").received).toEqual([closed(1002)])
  })

  it("completes a typed flow, which does not get the close", () => {
    const seen: unknown[] = []
    connect(text, noting<string>(seen)).send("a").close(4000, "bye")
    expect(seen).toEqual(["a", completed])
  })

  it("shows a flow of messages one close, then completes it", () => {
    const seen: unknown[] = []
    connect(messages, noting<Message>(seen)).send("a").close(4000, "bye").close(4001).vanish()
    expect(seen).toEqual([Message.text("a"), Message.close(4000, "bye"), completed])
  })

  it("shows a close without a code as 1005", () => {
    const seen: unknown[] = []
    connect(messages, noting<Message>(seen)).close()
    expect(seen).toEqual([{ type: "close", code: 1005, reason: "" }, completed])
  })

  it("is answered at once, although the flow still has elements to handle", () => {
    const seen: unknown[] = []
    const client = connect(text, Flow.of<string>().delay(1_000).via(noting(seen)))
      .send("a", "b")
      .close(1000)
    expect(client.received).toEqual([closed(1000)])
    expect(client.advance(1_000).received).toEqual([closed(1000)])
    expect(seen).toEqual(["a", "b", completed])
    expect(client.clock.pending).toBe(0)
  })

  it("sends nothing after its close", () => {
    const seen: unknown[] = []
    connect(text, noting<string>(seen)).close(1000).send("late")
    expect(seen).toEqual([completed])
  })

  it("ends the source of a disconnected flow", () => {
    const client = connect(text, Flow.fromSinkAndSource(Sink.ignore(), Source.tick(1_000).map(String))).close()
    expect(client.advance(5_000).received).toEqual(["0", closed()])
    expect(client.clock.pending).toBe(0)
  })

  it("ends a source that is merged into its flow", () => {
    const client = connect(text, Flow.of<string>().merge(Source.tick(1_000).map(String))).close()
    expect(client.advance(5_000).received).toEqual(["0", closed()])
    expect(client.clock.pending).toBe(0)
  })

  it("ends a source that is merged into its sink", () => {
    const busy = Flow.of<string>().merge(Source.tick(1_000).map(String)).to(Sink.ignore())
    const client = connect(text, Flow.fromSinkAndSource(busy, Source.never<string>())).send("a").close()
    expect(client.clock.pending).toBe(0)
  })

  it("makes a later failure no close, but a report", () => {
    const error = new Error("too late")
    const failing = Flow.of<string>()
      .delay(1_000)
      .map((): string => {
        throw error
      })
    const client = connect(text, failing).send("a").close(1000).advance(1_000)
    expect(client.received).toEqual([closed(1000)])
    expect(client.errors).toEqual([error])
  })

  it("completes the flow if its codec cannot decode the close, which is counted and no error (fault I)", () => {
    const [seen, logged]: [unknown[], LogEntry[]] = [[], []]
    setLogger((entry) => void logged.push(entry))
    onTestFinished(() => setLogger(jsonLogger))
    const cause = new Error("of the codec")
    const codec = messages.map((message) => {
      if (message.type === "close") throw cause
      return message
    })
    const client = connect(codec, noting<Message>(seen)).close(1000)
    expect(client.received).toEqual([closed(1000)])
    expect(client.errors).toEqual([])
    expect(client.metrics.decodeErrors).toBe(1)
    expect(seen).toEqual([completed])
    expect(logged.map(({ level, event }) => `${level}: ${event}`)).toEqual([
      "info: closed",
      "info: close cannot be decoded",
    ])
    expect(logged.at(-1)).toMatchObject({ code: 1000, cause })
  })
})

describe("a message that a client sent before it closed", () => {
  it("passes a throttle, up to the last message", () => {
    const seen: unknown[] = []
    const client = connect(text, Flow.of<string>().throttle(1, "1 second").via(noting(seen)))
    client.send("a", "b", "c").close(1000).advance(2_000)
    expect(seen).toEqual(["a", "b", "c", completed])
    expect(client.received).toEqual(["a", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("passes a throttle before the close, even with a full inbox", () => {
    const seen: unknown[] = []
    const slow = Flow.of<Message>().throttle(1, "1 second").via(noting(seen))
    connect(messages, slow, { maxQueuedMessages: 1 }).send("a", "b", "c").close(4000).advance(10_000)
    expect(seen).toEqual([...["a", "b", "c"].map(Message.text), Message.close(4000), completed])
  })

  it("passes through promises", async () => {
    const seen: unknown[] = []
    const client = connect(
      text,
      Flow.of<string>()
        .mapAsync(1, async (message) => `${message}!`)
        .via(noting(seen)),
    )
    client.send("a", "b").vanish()
    await settled()
    expect(seen).toEqual(["a!", "b!", completed])
    expect(client.received).toEqual([])
  })

  it("passes through the sink of a disconnected flow, whose source continues meanwhile", () => {
    const seen: unknown[] = []
    const slow = Flow.of<string>().delay(3_000).via(noting(seen)).to(Sink.ignore())
    const client = connect(text, Flow.fromSinkAndSource(slow, Source.tick(1_000).map(String)))
    client.send("a").close(1000).advance(3_000)
    expect(seen).toEqual(["a", completed])
    expect(client.received).toEqual(["0", closed(1000)])
    expect(client.clock.pending).toBe(0)
  })

  it("passes through every branch", () => {
    const left: unknown[] = []
    const right: unknown[] = []
    const flow = Flow.of<string>().broadcast(
      Flow.of<string>().delay(1_000).via(noting(left)),
      Flow.of<string>().delay(2_000).via(noting(right)).to(Sink.ignore()),
    )
    const client = connect(text, flow).send("a").close(1000).advance(2_000)
    expect(left).toEqual(["a", completed])
    expect(right).toEqual(["a", completed])
    expect(client.clock.pending).toBe(0)
  })
})

describe("a connection that drops", () => {
  it("gets no frame", () => {
    expect(connect(text, Flow.of<string>()).send("a").vanish().send("b").received).toEqual(["a"])
  })

  it("shows a flow of messages 1006, then completes it", () => {
    const seen: unknown[] = []
    connect(messages, noting<Message>(seen)).vanish().close(1000)
    expect(seen).toEqual([{ type: "close", code: 1006, reason: "" }, completed])
  })
})

describe("an application that closes first", () => {
  it("gets neither 1005 nor 1006 afterwards, but completion", () => {
    const seen: unknown[] = []
    const flow = Flow.fromSinkAndSource(noting<Message>(seen).to(Sink.ignore()), Source.single(Message.close(4000)))
    const client = connect(messages, flow).close().vanish()
    expect(seen).toEqual([completed])
    expect(client.received).toEqual([closed(4000)])
  })

  it("closes once, for any later events", () => {
    const client = connect(text, Flow.of<string>().take(1)).send("a")
    client.send("b").close(4000).vanish().send("c").close(4001).advance(1_000)
    expect(client.received).toEqual(["a", closed(1000)])
  })
})
