import { describe, expect, it } from "vitest"
import { binary, text } from "../../src/socket/codec.ts"
import { json } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"
import { Metrics, metrics, metricsOf, toDataPoint } from "../../src/socket/metrics.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { connect } from "../support/client.ts"
import { SlowClient } from "./slow-client.ts"

const none = {
  open: 0,
  opened: 0,
  messagesIn: 0,
  messagesOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  decodeErrors: 0,
  drops: 0,
  overflows: 0,
  wakes: 0,
  alarms: 0,
  closes: new Map(),
}

describe("the metrics of a connection", () => {
  it("are zero before the first connection", () => {
    expect(new Metrics()).toMatchObject(none)
  })

  it("are zero except for itself when it has just been opened", () => {
    expect(connect(text, Flow.of<string>()).metrics).toMatchObject({ ...none, open: 1, opened: 1 })
  })

  it("count messages and bytes, in and out", () => {
    const { metrics } = connect(
      text,
      Flow.of<string>().mapConcat((text) => [text, text]),
    ).send("four", "five5")
    expect(metrics).toMatchObject({ messagesIn: 2, bytesIn: 9, messagesOut: 4, bytesOut: 18 })
  })

  it("count the bytes of binary messages", () => {
    const { metrics } = connect(binary, Flow.of<Uint8Array>()).send(new Uint8Array(7), new Uint8Array(0))
    expect(metrics).toMatchObject({ messagesIn: 2, bytesIn: 7, messagesOut: 2, bytesOut: 7 })
  })

  it("count a message that the codec refuses, which is a message in", () => {
    const { metrics } = connect(json(), Flow.of<JsonValue>()).send("{not json")
    expect(metrics).toMatchObject({ messagesIn: 1, decodeErrors: 1, messagesOut: 0, closes: new Map([[1003, 1]]) })
  })

  it("do not count a flow that fails as a codec that refuses", () => {
    const failing = Flow.of<string>().map((): string => {
      throw new Error("It broke")
    })
    const { metrics } = connect(text, failing).send("a")
    expect(metrics).toMatchObject({ decodeErrors: 0, open: 0, closes: new Map([[1011, 1]]) })
  })

  it("count the messages that a full inbox drops", () => {
    const stuck = Flow.fromSinkAndSource(Sink.head<string>(), Source.never<string>())
    const never = Flow.of<string>().mapAsync(1, () => new Promise<string>(() => {}))
    expect(connect(text, stuck).send("a").metrics.drops).toBe(0)
    const { metrics } = connect(text, never, { maxQueuedMessages: 2, queueOverflow: "dropHead" }).send(
      "a",
      "b",
      "c",
      "d",
      "e",
    )
    expect(metrics).toMatchObject({ drops: 2, overflows: 0 })
    const { metrics: all } = connect(text, never, { maxQueuedMessages: 2, queueOverflow: "dropBuffer" }).send(
      "a",
      "b",
      "c",
      "d",
    )
    expect(all.drops).toBe(2)
  })

  it("count a full inbox that closes", () => {
    const never = Flow.of<string>().mapAsync(1, () => new Promise<string>(() => {}))
    const { metrics } = connect(text, never, { maxQueuedMessages: 1 }).send("a", "b", "c", "d")
    expect(metrics).toMatchObject({ drops: 0, overflows: 1, closes: new Map([[1013, 1]]) })
  })

  it("count timers that fire", () => {
    const { metrics } = connect(text, Flow.of<string>().merge(Source.tick(100).map(String))).advance(350)
    expect(metrics).toMatchObject({ alarms: 3, messagesOut: 4 })
  })

  it("count connections after hibernation as wakes, and not as opened again", () => {
    const { metrics } = connect(text, Flow.of<string>()).hibernate(Flow.of<string>()).hibernate(Flow.of<string>())
    expect(metrics).toMatchObject({ ...none, open: 1, opened: 1, wakes: 2 })
  })

  it.each([
    [1000, "the client closes", () => connect(text, Flow.of<string>()).close(1000)],
    [4001, "the client closes with a code of its own", () => connect(text, Flow.of<string>()).close(4001)],
    [1005, "the client closes without a code", () => connect(text, Flow.of<string>()).close()],
    [1006, "the client goes away", () => connect(text, Flow.of<string>()).vanish()],
    [1000, "the flow completes", () => connect(text, Flow.of<string>().take(1)).send("a").close(4001)],
    [1009, "a message is too large", () => connect(text, Flow.of<string>(), { maxMessageSize: 1 }).send("ab")],
  ])("count a close once, with its code: %i when %s", (code, _, play) => {
    const { metrics } = play().vanish()
    expect(metrics).toMatchObject({ open: 0, opened: 1, closes: new Map([[code, 1]]) })
  })

  it("count dropped messages of a slow reader, and one that is closed for being slow", () => {
    const messages = Array.from({ length: 30 }, () => "0123456789")
    const slow = new SlowClient(Flow.of<string>(), { maxBufferedAmount: 100, slowReader: "dropNew" }).send(...messages)
    expect(slow.metrics).toMatchObject({ messagesIn: 30, messagesOut: 11, bytesOut: 110, drops: 19, overflows: 0 })
    const failed = new SlowClient(Flow.of<string>(), { maxBufferedAmount: 100, slowReader: "fail" }).send(...messages)
    expect(failed.metrics).toMatchObject({ messagesIn: 11, messagesOut: 11, drops: 0, overflows: 1 })
  })
})

describe("the number of open connections", () => {
  it("includes those that were opened in another instance as soon as they wake up", () => {
    const counted = new Metrics()
    counted.connected("awake")
    counted.connected("awake")
    expect(counted.open).toBe(1)
    counted.closed("awake", 1000)
    counted.closed("never met", 1000)
    expect(counted.open).toBe(0)
  })
})

describe("the metrics of an endpoint", () => {
  it("are the same for all its connections", () => {
    expect(metricsOf("/same")).toBe(metricsOf("/same"))
    expect(metricsOf("/same")).not.toBe(metricsOf("/other"))
  })

  it("are found by the path of its route", () => {
    metricsOf("/items/:id").opened = 7
    expect(metrics().get("/items/:id")?.opened).toBe(7)
  })
})

describe("a data point", () => {
  const counted = Object.assign(new Metrics(), {
    opened: 2,
    messagesIn: 3,
    messagesOut: 4,
    bytesIn: 5,
    bytesOut: 6,
    decodeErrors: 7,
    codecErrors: 8,
    drops: 9,
    overflows: 10,
    wakes: 11,
    alarms: 12,
  })
  counted.connected("the only one")

  it("has the endpoint as its index, and the numbers in their order", () => {
    expect(toDataPoint("/chat", counted)).toEqual({
      indexes: ["/chat"],
      doubles: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0],
    })
  })

  it("ends with the counts of closes in order, by the client or the network, and by an error", () => {
    const closing = new Metrics()
    const closes = { 1000: 1, 1001: 2, 1005: 4, 1003: 8, 1006: 16, 1008: 32, 4000: 64, 1011: 128 }
    for (const [code, times] of Object.entries(closes)) closing.closes.set(Number(code), times)
    expect(toDataPoint("/chat", closing).doubles.slice(-3)).toEqual([7, 8 + 16 + 32 + 64, 128])
  })

  it("cuts an index that Analytics Engine would refuse", () => {
    expect(toDataPoint("/".repeat(100), new Metrics()).indexes).toEqual(["/".repeat(96)])
    expect(toDataPoint("/räume".repeat(16), new Metrics()).indexes).toEqual([`${"/räume".repeat(13)}/räu`])
  })

  it("has no more than the twenty numbers that Analytics Engine accepts", () => {
    expect(toDataPoint("/chat", new Metrics()).doubles.length).toBeLessThanOrEqual(20)
  })
})
