import fc from "fast-check"
import { binary, type Codec, Flow, json, type Limits, Message, messages, Sink, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"

const bytes = (element: string) => new TextEncoder().encode(element)
const ofBytes = (data: Uint8Array) => new TextDecoder().decode(data)

/** A close with "bye", and otherwise texts and bytes by turns. */
function messageOf(element: string): Message {
  if (element === "bye") return Message.close(4003, element)
  return element.length % 3 === 0 ? Message.binary(bytes(element)) : Message.text(element)
}

function elementOf(message: Message): string {
  if (message.type === "close") return `close ${message.code}`
  return message.type === "text" ? message.text : ofBytes(message.bytes)
}

const codecs: Record<CodecName, Codec<string, string>> = {
  text,
  json: json()
    .map(String)
    .contramap((element: string) => ({ element })),
  binary: binary.map(ofBytes).contramap(bytes),
  messages: messages.map(elementOf).contramap(messageOf),
}

type CodecName = "text" | "json" | "binary" | "messages"
const shapes = ["echo", "numbered", "slow", "triple", "first", "news", "kept", "both"] as const

/** The options of an endpoint, with its codec and its flow, and the subprotocols that its client offers beside that of the session. */
export interface Options {
  codec: CodecName
  shape: (typeof shapes)[number]
  session: "kept" | "durable" | undefined
  offer: string[]
  batch: boolean
  hasCodes: boolean
  limits: Limits
}

export const options: fc.Arbitrary<Options> = fc.record({
  codec: fc.constantFrom<CodecName>("text", "json", "binary", "messages"),
  shape: fc.constantFrom(...shapes),
  session: fc.constantFrom(undefined, "kept", "kept", "durable", "durable"),
  offer: fc.constantFrom([], ["sluice.batch"], ["chat"], ["chat", "sluice.batch"]),
  batch: fc.boolean(),
  hasCodes: fc.boolean(),
  limits: fc.record({
    maxMessageSize: fc.constantFrom(4, 1_000),
    messagesPerSecond: fc.constantFrom(2, 1_000),
    maxQueuedMessages: fc.constantFrom(1, 2, 256),
    queueOverflow: fc.constantFrom<Limits["queueOverflow"]>("dropHead", "dropTail", "dropNew", "dropBuffer", "fail"),
    maxBufferedAmount: fc.constantFrom(20, 40, 1_000),
    slowReader: fc.constantFrom<Limits["slowReader"]>("backpressure", "dropHead", "dropNew", "fail"),
    // An idle client is closed up to a fifth later, which is not at the time of any event of a script in seconds.
    idleTimeout: fc.constantFrom<Limits["idleTimeout"]>(4_100, "1 hour"),
  }),
})

/** An object whose clients choose the options of their endpoints. */
export class OptionsObject extends FlowObject<unknown, Options> {
  readonly news = this.hub<string>("news")
  readonly kept = this.hub<string>("kept", { keep: 4 })

  get size(): number {
    return this.connections.size
  }

  protected accept({ data: { codec, shape, session, batch, hasCodes, limits } }: ConnectionContext<Options>) {
    // Without room such a session waits for an acknowledgement, which after hibernation may take a frame more.
    const isDelayed = session !== undefined && limits.slowReader === "backpressure"
    // An element that is sent to a hibernating session counts as its frame.
    const isRough = session !== undefined && ["news", "kept", "both"].includes(shape)
    return webSocket.endpoint(codecs[codec], this.flow(shape), {
      batch,
      ...(session && { resume: { within: "20 seconds", durable: session === "durable" } }),
      ...(hasCodes && { closeCodes: { overloaded: 4013, restarted: 4012 } }),
      autoResponse: { request: "ping", response: "pong" },
      limits: isDelayed || isRough ? { ...limits, maxBufferedAmount: 1_000 } : limits,
      onError: () => {},
    })
  }

  private flow(shape: Options["shape"]): Flow<string, string> {
    const echo = Flow.of<string>()
    if (shape === "numbered") return echo.zipWithIndex().map(([element, index]) => `${element}#${index}`)
    if (shape === "slow") return echo.throttle(1, "2 seconds", { burst: 1 })
    if (shape === "triple") return echo.mapConcat((element) => [element, `${element}2`, `${element}3`])
    if (shape === "first") return echo.take(3)
    if (shape === "news") return echo.merge(this.news.source())
    if (shape === "kept") return Flow.fromSinkAndSource(this.kept.sink(), this.kept.source({ last: 2 }))
    const both = this.kept.source().mergePreferred(this.news.source())
    return shape === "both" ? Flow.fromSinkAndSource(Sink.ignore(), both) : echo
  }
}
