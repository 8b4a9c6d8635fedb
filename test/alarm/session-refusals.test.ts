import { Flow, type Limits, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

afterEach(() => {
  vi.useRealTimers()
})

interface Options {
  readonly durable: boolean
  readonly limits?: Limits
  readonly isBusy?: boolean
  readonly isHeld?: boolean
}

const words = text.map((word) => {
  if (word === "nonsense") throw new Error("No word")
  return word
})

let release = () => {}
const released = new Promise<void>((resolve) => (release = resolve))

/** Each message back; while it is busy, after a second each; while it is held, not before the release. */
class Strict extends FlowObject<unknown, Options> {
  protected accept({ data: { durable, limits, isBusy, isHeld } }: ConnectionContext<Options>) {
    const echo = Flow.of<string>().map((word) => {
      if (word === "fail") throw new Error("Failed")
      return word
    })
    const held = echo.mapAsync(1, (word) => released.then(() => word))
    const flow = isHeld ? held : isBusy ? echo.throttle(1, "1 second") : echo
    return webSocket.endpoint(words, flow, { resume: { within: "1 minute", durable }, limits, onError() {} })
  }
}

describe.each([false, true])("a message that the server refuses (durable: %s)", (durable) => {
  const unconfirmed = async (options: Omit<Options, "durable">, ...messages: string[]) => {
    const object = new MemoryObject(Strict)
    const client = await new MemorySession(object, { durable, ...options }).connect()
    client.send(...messages)
    return { closed: client.received.at(-1), unconfirmed: client.session.end() }
  }

  it("is not confirmed if it is too large", async () => {
    expect(await unconfirmed({ limits: { maxMessageSize: 9 } }, "a", "much too large", "b")).toMatchObject({
      closed: { close: 1009 },
      unconfirmed: ["much too large", "b"],
    })
  })

  it("is not confirmed if it is one too many in a second", async () => {
    expect(await unconfirmed({ limits: { messagesPerSecond: 2 } }, "a", "b", "c", "d")).toMatchObject({
      closed: { close: 1008 },
      unconfirmed: ["c", "d"],
    })
  })

  it("is not confirmed if it cannot be decoded", async () => {
    expect(await unconfirmed({}, "a", "nonsense")).toMatchObject({
      closed: { close: 1003 },
      unconfirmed: ["nonsense"],
    })
  })

  it("is not confirmed if the queue is full", async () => {
    // The flow has taken "a" and "b", and "c" and "d" wait for it.
    expect(await unconfirmed({ isBusy: true, limits: { maxQueuedMessages: 2 } }, ..."abcdef")).toMatchObject({
      closed: { close: 1013 },
      unconfirmed: ["c", "d", "e", "f"],
    })
  })

  it("is confirmed if the flow has taken it and fails", async () => {
    expect(await unconfirmed({}, "a", "fail", "b")).toMatchObject({ closed: { close: 1011 }, unconfirmed: ["b"] })
  })
})

describe("a frame of a client", () => {
  const answerTo = async (frame: string) => {
    const object = new MemoryObject(Strict)
    const client = await new MemorySession(object, { durable: true, limits: { maxMessageSize: 9 } }).connect()
    if (client.socket) object.send(client.socket, frame)
    return client.read().received
  }

  it("closes with 1009 before it is parsed, if it is larger than any frame of such messages", async () => {
    const closed = { close: 1009, reason: "A message may have 9 bytes" }
    expect(await answerTo("[".repeat(400_000))).toEqual([closed])
    expect(await answerTo(`[0,"${"x".repeat(300_000)}"]`)).toEqual([closed])
    expect(await answerTo("[".repeat(300_000))).toMatchObject([{ close: 1002 }])
  })

  it("closes with 1002 if it has more messages than may be in flight", async () => {
    expect(await answerTo(JSON.stringify([0, ...Array(129).fill("a")]))).toMatchObject([{ close: 1002 }])
    const client = await new MemorySession(new MemoryObject(Strict), { durable: true }).connect()
    expect(client.send(...Array(128).fill("a")).received).toHaveLength(128)
  })
})

describe("messages that a client has sent without a socket, all of which come with the next one", () => {
  const afterLoss = async (options: Options) => {
    const object = new MemoryObject(Strict)
    const client = await new MemorySession(object, options).connect()
    client.drop().transmit(..."abcdef")
    await client.connect()
    client.transmit()
    for (let second = 0; second < 6; second++) object.advance(1_000)
    return client.read()
  }

  it("close with 1008 if they are more than messagesPerSecond allows", async () => {
    const { received } = await afterLoss({ durable: true, limits: { messagesPerSecond: 5 } })
    expect(received).toEqual([..."abcde", { close: 1008, reason: "5 messages a second are allowed" }])
  })

  it("do not close if the client keeps the limit, and waits because the flow has not taken 128 messages", async () => {
    const object = new MemoryObject(Strict)
    const options: Options = { durable: true, isHeld: true, limits: { messagesPerSecond: 5 } }
    const client = await new MemorySession(object, options).connect()
    const sent: string[] = []
    for (let second = 0; second < 60; second++) {
      const messages = Array.from({ length: 5 }, (_, n) => `${second}.${n}`)
      sent.push(...messages)
      client.send(...messages)
      object.advance(1_000)
    }
    release()
    for (let turn = 0; turn < 1_000 && client.received.length < sent.length; turn++) {
      await settled()
      client.read()
    }
    expect(client.received).toEqual(sent)
  })

  it("wait for the demand of a throttle", async () => {
    const { received } = await afterLoss({ durable: true, isBusy: true })
    expect(received).toEqual([..."abcdef"])
  })
})
