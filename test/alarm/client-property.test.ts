import fc from "fast-check"
import { binary, type Codec, Flow, json, text, webSocket } from "sluice"
import { type Client, connect, resume } from "sluice/client"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { ObjectWebSocket } from "../support/object-web-socket.ts"
import { levels } from "../support/session-script.ts"

beforeEach(() => void logged())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

interface Kind {
  codec: Codec<unknown, unknown>
  message: fc.Arbitrary<unknown>
  /** The message as it arrives. */
  arrives(message: unknown): unknown
}

/** Bytes in the middle of a larger buffer. */
const view = fc.uint8Array({ maxLength: 20 }).map((bytes) => {
  const buffer = new Uint8Array(bytes.length + 4).fill(7)
  buffer.set(bytes, 2)
  return buffer.subarray(2, -2)
})

const kinds: Record<string, Kind> = {
  text: {
    codec: text as Codec<unknown, unknown>,
    message: fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.constantFrom("", "\ud800")),
    arrives: (message) => String(message).toWellFormed(),
  },
  binary: {
    codec: binary as Codec<unknown, unknown>,
    message: view,
    arrives: (message) => Uint8Array.from(message as Uint8Array),
  },
  json: {
    codec: json() as Codec<unknown, unknown>,
    message: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(Number.NaN, -0, { a: undefined }, "\ud800")),
    arrives: (message) => JSON.parse(JSON.stringify(message)),
  },
}

interface Facts {
  kind: string
  durable: boolean
}

class Echo extends FlowObject<unknown, Facts> {
  protected accept({ data: { kind, durable } }: ConnectionContext<Facts>) {
    const resume = { within: "1 hour", durable } as const
    return webSocket.endpoint((kinds[kind] as Kind).codec, Flow.of<unknown>(), {
      resume,
      limits: { maxBufferedAmount: 60 },
    })
  }
}

const does = ["send", "send", "send", "burst", "lose", "lose at client", "lose at object", "evict", "crash"] as const
const script = fc.constantFrom(...Object.keys(kinds)).chain((kind) => {
  const { message } = kinds[kind] as Kind
  const step = fc.record({ does: fc.constantFrom(...does, "advance", "hide", "show"), message })
  return fc.record({ kind: fc.constant(kind), steps: fc.array(step, { maxLength: 40, size: "max" }) })
})

/** A client in a page, and the object that it is connected with. */
class Pair {
  readonly received: unknown[] = []
  readonly resyncs: unknown[] = []
  readonly sent: unknown[] = []
  confirmed = 0
  private readonly clock = new TestClock(Date.UTC(2030, 0, 1))
  private readonly object = new MemoryObject(Echo, this.clock)
  private readonly page = new EventTarget()
  private socket: ObjectWebSocket | undefined
  private readonly client: Client<unknown, unknown, Record<never, never>>
  private readonly kind: Kind

  constructor(private readonly facts: Facts) {
    const dialed = (url: string, protocols: string[]) => new ObjectWebSocket(this.object, facts, url, protocols)
    const onSocket = (socket: ObjectWebSocket) => (this.socket = socket)
    this.kind = kinds[facts.kind] as Kind
    vi.stubGlobal("addEventListener", this.page.addEventListener.bind(this.page))
    const { codec } = this.kind
    this.client = connect(
      protocol("/", { receives: codec, sends: codec }),
      {},
      {
        base: "ws://localhost",
        WebSocket: function WebSocket(url: string, protocols: string[]) {
          return onSocket(dialed(url, protocols))
        } as never,
        clock: this.clock,
        random: () => 0.5,
        bufferSize: 10_000,
        resume,
      },
    )
    this.client.on("message", (message) => this.received.push(message))
    this.client.on("resync", (resync) => this.resyncs.push(resync))
  }

  async take(what: string, message: unknown): Promise<void> {
    const { object, socket, clock } = this
    // A few bursts are more than may be in flight.
    if (what === "send" || what === "burst") this.send(message, what === "send" ? 1 : 40)
    if (what === "lose") socket?.lose("both")
    if (what === "lose at client") socket?.lose("client")
    if (what === "lose at object") socket?.lose("object")
    if (what === "evict") await object.evict()
    if (what === "advance") clock.advance(1_000)
    if (what === "hide") this.page.dispatchEvent(Object.assign(new Event("pagehide"), { persisted: true }))
    if (what === "show") this.page.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }))
    if (what === "crash" && this.facts.durable) {
      await object.crash()
      socket?.lose("both")
    }
    await settled()
  }

  /** In the end the client is connected, and everything arrives. */
  async finish(): Promise<void> {
    await this.take("show", undefined)
    this.socket?.lose("both")
    for (let round = 0; round < 20 || (round < 200 && this.received.length < this.sent.length); round++) {
      this.clock.advance(5_000)
      await settled()
    }
    this.client.close()
    this.socket?.lose("both")
  }

  private send(message: unknown, times: number): void {
    for (let time = 0; time < times; time++) {
      this.sent.push(this.kind.arrives(message))
      void this.client.send(message).then(() => this.confirmed++)
    }
    // The author uses the buffer again.
    if (message instanceof Uint8Array) message.fill(0)
  }
}

it.each(levels)("a client gets each message of its object once, in a session %s", async (_, durable) => {
  const property = fc.asyncProperty(script, async ({ kind, steps }) => {
    const pair = new Pair({ kind, durable })
    await settled()
    for (const { does, message } of steps) await pair.take(does, message)
    await pair.finish()
    expect(pair.resyncs).toEqual([])
    expect(pair.received).toEqual(pair.sent)
    expect(pair.confirmed).toBe(pair.sent.length)
  })
  await fc.assert(property, { numRuns: 60 })
})
