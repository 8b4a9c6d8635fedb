import { ReadableStream } from "node:stream/web"
import { describe, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { dial } from "../support/dialed-client.ts"

const times = (values: readonly { at: Date }[]) => values.map(({ at }) => at.getTime())

describe("loops over a client", () => {
  it("get each message, however others end", async () => {
    const { room, socket } = dial()
    const opened = (await socket()).open()
    const all: { at: Date }[] = []
    const ends: string[] = []
    const whole = (async () => {
      for await (const message of room) all.push(message)
    })()
    const broken = (async () => {
      for await (const _ of room) break
      ends.push("broken")
    })()
    const thrown = (async () => {
      for await (const _ of room) throw new Error("thrown")
    })().catch(({ message }: Error) => ends.push(message))
    for (const at of [1, 2, 3]) opened.receive(JSON.stringify({ at }))
    await Promise.all([broken, thrown])
    room.close()
    opened.end(1000)
    await whole
    expect(times(all)).toEqual([1, 2, 3])
    expect(ends.sort()).toEqual(["broken", "thrown"])
  })

  it("end at once while they wait for a message", async () => {
    const { room } = dial()
    const loop = room[Symbol.asyncIterator]()
    const ends: string[] = []
    void loop.next().then(({ done }) => ends.push(`next ${done}`))
    void loop.return().then(({ done }) => ends.push(`return ${done}`))
    await settled()
    expect(ends).toEqual(["next true", "return true"])
  })

  it("end at once as a stream that is cancelled", async () => {
    const { room } = dial()
    const reader = ReadableStream.from(room).getReader()
    const reading = reader.read()
    await settled()
    await reader.cancel()
    expect((await reading).done).toBe(true)
  })

  it("keep no message if they end before they begin", async () => {
    const { room, socket } = dial({ bufferSize: 1 })
    const opened = (await socket()).open()
    const loop = room[Symbol.asyncIterator]()
    await loop.return()
    opened.receive('{"at":1}').receive('{"at":2}')
    expect(await loop.next()).toEqual({ done: true, value: undefined })
  })
})
