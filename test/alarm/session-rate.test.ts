import { Flow, text, webSocket } from "sluice"
import { connect, resume } from "sluice/client"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { ObjectWebSocket } from "../support/object-web-socket.ts"
import { levels } from "../support/session-script.ts"

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

const rate = 5

class Strict extends FlowObject<unknown, boolean> {
  protected accept({ data: durable }: ConnectionContext<boolean>) {
    const resume = { within: "1 hour", durable } as const
    return webSocket.endpoint(text, Flow.of<string>(), { resume, limits: { messagesPerSecond: rate } })
  }
}

/** A client in a page whose network can be off. */
async function online(durable: boolean) {
  const clock = new TestClock(Date.UTC(2030, 0, 1))
  const object = new MemoryObject(Strict, clock)
  let isOff = false
  let socket: ObjectWebSocket | undefined
  const dial = (url: string, protocols: string[]) => {
    if (isOff) throw new Error("No network")
    socket = new ObjectWebSocket(object, durable, url, protocols)
    return socket
  }
  const client = connect(
    protocol("/", { receives: text, sends: text }),
    {},
    {
      base: "ws://localhost",
      WebSocket: function WebSocket(url: string, protocols: string[]) {
        return dial(url, protocols)
      } as never,
      clock,
      random: () => 0.5,
      resume,
    },
  )
  const received: string[] = []
  const closes: number[] = []
  client.on("message", (message) => received.push(message))
  client.on("close", ({ code }) => code !== 1006 && closes.push(code))
  let sent = 0
  /** Sends so many messages in a second. */
  const send = async (messages = 1) => {
    for (let n = 0; n < messages; n++) void client.send(`${++sent}`).catch(() => {})
    await wait(1)
  }
  const wait = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      await settled()
      clock.advance(1_000)
    }
    await settled()
  }
  await settled()
  return {
    ...{ object, received, closes, send, wait },
    all: () => Array.from({ length: sent }, (_, n) => `${n + 1}`),
    lose(by: "both" | "client" | "object") {
      isOff = true
      socket?.lose(by)
    },
    async back() {
      isOff = false
      // As if its first socket was lost only now, if the client did not notice it.
      socket?.lose("client")
      await wait(30)
    },
  }
}

const losses = [
  ["is noticed by both ends", "both", async () => {}],
  ["is not noticed by the object, so that the next socket takes over", "client", async () => {}],
  ["is not noticed by the client at first", "object", async () => {}],
  ["is followed by an eviction", "both", (object: MemoryObject<Strict>) => object.evict()],
  ["is not noticed, and is followed by an eviction", "client", (object: MemoryObject<Strict>) => object.evict()],
] as const

describe.each(levels)("in a session %s, with messagesPerSecond, a client whose lost socket", (_, durable) => {
  it.each(losses)("%s goes on after one message each 10 seconds", async (_, by, sleep) => {
    const client = await online(durable)
    client.lose(by)
    for (let n = 0; n < 7; n++) {
      await client.send()
      await client.wait(9)
    }
    await sleep(client.object)
    await client.back()
    expect([client.received, client.closes]).toEqual([client.all(), []])
  })

  it.each(losses)("%s goes on after messages at the limit, again and again", async (_, by, sleep) => {
    const client = await online(durable)
    for (let round = 0; round < 3; round++) {
      await client.send(rate)
      client.lose(by)
      for (let second = 0; second < 40; second++) await client.send(rate)
      await sleep(client.object)
      await client.back()
      await client.object.evict()
    }
    expect([client.received, client.closes]).toEqual([client.all(), []])
  })

  it.each(losses)("%s is closed after more messages than that", async (_, by, sleep) => {
    const client = await online(durable)
    await client.send(rate)
    client.lose(by)
    await client.send(400)
    await client.wait(9)
    await sleep(client.object)
    await client.back()
    expect(client.closes).toEqual([1008])
    expect(client.received.length).toBeLessThan(rate * 20)
  })
})

it.each(levels)(
  "a client that has sent nothing before has the time since its first connection, in a session %s",
  async (_, durable) => {
    const client = await online(durable)
    client.lose("both")
    await client.send(400)
    await client.back()
    expect(client.closes).toEqual([1008])
  },
)

it("a client goes on after a crash of its object, if its session is durable", async () => {
  const client = await online(true)
  await client.send(rate)
  client.lose("both")
  for (let second = 0; second < 20; second++) await client.send(rate)
  await client.object.crash()
  await client.back()
  expect([client.received, client.closes]).toEqual([client.all(), []])
})
