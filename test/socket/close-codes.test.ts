import { describe, expect, it } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { type CloseCodes, withDefaultCodes } from "../../src/socket/close-codes.ts"
import { messages, text } from "../../src/socket/codec.ts"
import { endpointOf } from "../../src/socket/endpoint.ts"
import { Message } from "../../src/socket/message.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Client, closed } from "../support/client.ts"

const codes = { overloaded: 4013, restarted: 4012 }

function open<T>(codec: ConstructorParameters<typeof Client<T, T>>[0], flow: Flow<T, T>, limits = {}): Client<T, T> {
  return new Client(codec, flow, limits, undefined, withDefaultCodes(codes)).open()
}

describe("an endpoint with close codes of its own (fault 26)", () => {
  const stuck = Flow.of<string>().mapAsync(1, () => new Promise<string>(() => {}))

  it("sends its code for a full maxQueuedMessages", () => {
    const client = open(text, stuck, { maxQueuedMessages: 1 }).send("a", "b", "c")
    expect(client.received).toEqual([closed(4013, "The inbox is full")])
    expect(client.metrics).toMatchObject({ overflows: 1, closes: new Map([[4013, 1]]) })
  })

  it("sends its code for a full buffer of the flow", () => {
    const flow = Flow.of<string>().buffer(1, "fail").throttle(1, "1 minute")
    expect(open(text, flow).send("a", "b", "c", "d").received.at(-1)).toEqual(
      closed(4013, "Too many messages are waiting"),
    )
  })

  it.each([
    [1013, 4013],
    [1012, 4012],
  ])("sends them for each %i of its flow", (code, sent) => {
    const failing = Flow.fromSinkAndSource(Sink.ignore(), Source.failed<string>(new CloseError(code, "later")))
    expect(open(text, failing).received).toEqual([closed(sent, "later")])
    const emitting = Flow.fromSinkAndSource(Sink.ignore(), Source.single<Message>(Message.close(code, "later")))
    expect(open(messages, emitting).received).toEqual([closed(sent, "later")])
  })

  it("sends a client its own code back", () => {
    expect(open(text, Flow.of<string>()).close(1013, "me too").received).toEqual([closed(1013, "me too")])
  })

  it("changes no other code", () => {
    const flow = Flow.fromSinkAndSource(Sink.ignore(), Source.failed<string>(new CloseError(4001)))
    expect(open(text, flow).received).toEqual([closed(4001)])
  })
})

describe("the close codes of an endpoint (fault 26)", () => {
  const endpoint = (closeCodes?: CloseCodes) => endpointOf(text, Flow.of<string>(), { closeCodes })

  it("are 1013 and 1012 by default", () => {
    expect(endpoint().closeCodes).toEqual({ overloaded: 1013, restarted: 1012 })
    expect(endpoint({ restarted: 4012 }).closeCodes).toEqual({ overloaded: 1013, restarted: 4012 })
  })

  it.each([0, 999, 1004, 1005, 1006, 1015, 2000, 5000, 4000.5, Number.NaN])("must be sent: %d is refused", (code) => {
    expect(() => endpoint({ overloaded: code })).toThrow(RangeError)
    expect(() => endpoint({ restarted: code })).toThrow(RangeError)
  })
})
