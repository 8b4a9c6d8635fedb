import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import {
  arrived,
  dialPaused,
  first,
  newPlace,
  pauseAll,
  paused,
  place,
  texts,
  world,
} from "../support/paused-clients.ts"

beforeEach(newPlace)

describe("a slow client of an evicted object", () => {
  // An object with pending timers is not evicted as idle, so the timers never fire here.
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() }))

  async function evict(): Promise<void> {
    vi.clearAllTimers()
    await place.sleep()
  }

  it("continues with its state", async () => {
    pauseAll(true)
    const client = await place.dial("/bench/:id/guarded-range?maxBufferedAmount=10")
    expect(await client.next()).toEqual(["message 1"])
    await evict()
    await client.send("is ignored")
    await evict()
    pauseAll(false)
    const rest = Array.from({ length: 999 }, (_, index) => `message ${index + 2}`)
    expect(await client.send("is ignored").next(1_000)).toEqual([...rest, closed(1000)])
  })

  it("gets in order the answers to messages that waited in its queue", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 20))
    await evict()
    paused.clear()
    expect(await client.send("after").next(21)).toEqual([...texts(1, 20), "after"])
  })

  it("gets in order the messages that waited for it in a room, before new ones", async () => {
    const client = await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    speaker.send(...texts(1, 20))
    await other.next(20)
    await evict()
    paused.clear()
    speaker.send("after")
    expect(await other.next()).toEqual(["after"])
    expect(await client.next(21)).toEqual([...texts(1, 20), "after"])
    await place.sleep()
    const { built } = world
    speaker.send("and later")
    expect(await client.next()).toEqual(["and later"])
    // Only the sender's flow is restored, because the client has caught up.
    expect(world.built).toBe(built + 1)
  })

  it("is polled by an alarm, if there is no other event", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 20))
    await evict()
    paused.clear()
    await place.pass(20_000)
    expect(await client.next(20)).toEqual(texts(1, 20))
    expect(await place.alarm()).toBeNull()
  })

  it("is closed with 1012 if its waiting messages are too large to be stored", async () => {
    const client = await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    speaker.send(...texts(1, 50), "x".repeat(20_000))
    await other.next(51)
    await evict()
    paused.clear()
    speaker.send("after")
    expect(await other.next()).toEqual(["after"])
    expect(await client.next(2)).toEqual([first, closed(1012, "The service was interrupted")])
    expect(await place.rows()).toEqual([])
  })

  it("is not closed if it has caught up before", async () => {
    const client = await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    const long = "x".repeat(20_000)
    speaker.send(...texts(1, 50), long)
    await other.next(51)
    paused.clear()
    speaker.send("after")
    expect(await client.next(52)).toEqual([...texts(1, 50), long, "after"])
    await evict()
    speaker.send("and later")
    expect(await client.next()).toEqual(["and later"])
  })
})
