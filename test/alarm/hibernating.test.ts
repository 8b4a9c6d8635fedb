import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { FlowObject } from "../../src/durable.ts"
import { binary, type Codec, Flow, Message, messages, Sink, setLogger, text, webSocket } from "../../src/index.ts"
import { closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** How often `accept` was called, and how often a flow was built, since the objects were evicted. */
const calls = { accept: 0, build: 0 }

/** An object with a hub, whose elements go to its clients with no stage in between. */
abstract class Publisher<T> extends FlowObject {
  protected abstract readonly codec: Codec<unknown, T>
  private readonly elements = this.hub<T>("elements")

  publish(element: T): void {
    this.elements.publish(element)
  }

  protected accept() {
    calls.accept++
    const endpoint = webSocket.endpoint(this.codec, Flow.fromSinkAndSource(Sink.ignore(), this.elements.source()))
    const connection: typeof endpoint.connection = (...args) => {
      calls.build++
      return endpoint.connection(...args)
    }
    return { ...endpoint, connection }
  }
}

class Texts extends Publisher<string> {
  protected readonly codec = text
}

class Bytes extends Publisher<Uint8Array> {
  protected readonly codec = binary
}

class Messages extends Publisher<Message> {
  protected readonly codec = messages
}

class Numbers extends Publisher<number> {
  protected readonly codec = text.contramap((n: number) => {
    if (n < 0) throw new RangeError(`${n} is less than 0`)
    return String(n)
  })
}

/** An object with so many clients, all of which hibernate. */
async function hibernating<T, P extends Publisher<T>>(
  type: new (ctx: DurableObjectState, env: unknown) => P,
  clients = 1,
) {
  const object = new MemoryObject<P>(type)
  const sockets = [await object.connect()]
  while (sockets.length < clients) sockets.push(await object.connect())
  await object.evict()
  Object.assign(calls, { accept: 0, build: 0 })
  return { object, sockets }
}

beforeEach(() => setLogger(() => {}))
afterEach(() => vi.useRealTimers())

describe("a hibernating subscriber", () => {
  it("is sent texts without its flow, and its class is called once for the codec", async () => {
    const { object, sockets } = await hibernating<string, Texts>(Texts, 3)
    object.instance.publish("a")
    object.instance.publish("b")
    expect(sockets.map(({ received }) => received)).toEqual(Array.from({ length: 3 }, () => ["a", "b"]))
    expect(calls).toEqual({ accept: 3, build: 0 })
  })

  it("is sent bytes without its flow", async () => {
    const { object, sockets } = await hibernating<Uint8Array, Bytes>(Bytes)
    object.instance.publish(Uint8Array.of(1, 2))
    expect(sockets[0]?.received).toEqual([Uint8Array.of(1, 2)])
    expect(calls.build).toBe(0)
  })

  it("is closed by a close message, and sent nothing after it", async () => {
    const { object, sockets } = await hibernating<Message, Messages>(Messages)
    object.instance.publish(Message.text("a"))
    object.instance.publish(Message.close(4000, "over"))
    object.instance.publish(Message.text("b"))
    expect(sockets[0]?.received).toEqual(["a", closed(4000, "over")])
  })

  it("is closed with 1011 by an element that cannot be encoded", async () => {
    const { object, sockets } = await hibernating<number, Numbers>(Numbers)
    object.instance.publish(1)
    object.instance.publish(-1)
    expect(sockets[0]?.received).toEqual(["1", closed(1011)])
  })
})
