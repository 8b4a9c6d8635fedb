import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { dial } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { TestObject } from "../support/test-object.ts"

let object: TestObject
const batch = { "Sec-WebSocket-Protocol": "sluice.batch" }

beforeEach(() => {
  vi.useRealTimers()
  newWorld()
  object = new TestObject("BENCH")
})

describe("a client with sluice.batch", () => {
  it("gets all messages of one event in one frame, awake and hibernating", async () => {
    const client = await object.dial("/bench/:id/triple", batch)
    client.send("a")
    expect(await client.next()).toEqual(['["a","a","a"]'])
    await object.sleep()
    client.send("b")
    expect(await client.next()).toEqual(['["b","b","b"]'])
  })

  it("gets a batch of one for one message", async () => {
    const client = await object.dial("/bench/:id/batched", batch)
    const speaker = await object.dial("/bench/:id/publish")
    await object.sleep()
    speaker.send("news")
    expect(await client.next()).toEqual(['["news"]'])
  })

  it("does not change the frames of clients that do not offer batches", async () => {
    const [client, other] = [
      await object.dial("/bench/:id/batchWindow", batch),
      await object.dial("/bench/:id/batchWindow"),
    ]
    other.send("a", "b", "c")
    expect(await other.next(3)).toEqual(["a", "b", "c"])
    const frames: string[] = []
    while (frames.flatMap((frame) => JSON.parse(frame)).length < 3) frames.push(String((await client.next())[0]))
    expect(frames.flatMap((frame) => JSON.parse(frame))).toEqual(["a", "b", "c"])
  })

  it("gets a burst of many senders in fewer frames than messages, each once and in order", async () => {
    const client = await object.dial("/bench/:id/batchWindow", batch)
    const senders = await Promise.all(Array.from({ length: 5 }, () => dial(`/bench/${object.id}/batchWindow`)))
    const sent = senders.map((sender, n) => {
      const texts = Array.from({ length: 100 }, (_, i) => `${n}:${i}`)
      sender.send(...texts)
      return texts
    })
    const received: string[] = []
    let frames = 0
    for (; received.length < 500; frames++) received.push(...JSON.parse(String((await client.next())[0])))
    for (const [n, texts] of sent.entries()) {
      expect(received.filter((text) => text.startsWith(`${n}:`))).toEqual(texts)
    }
    expect(frames).toBeLessThan(250)
  })

  it("gets all messages that were sent before its close", async () => {
    const client = await object.dial("/bench/:id/triple", batch)
    client.send("a").close(4000)
    expect(await client.next(2)).toEqual(['["a","a","a"]', closed(4000)])
  })
})
