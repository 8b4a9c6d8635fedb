import { beforeEach, describe, expect, it, vi } from "vitest"
import { metrics } from "../../src/socket/metrics.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

/** The sockets of objects with clients that do not read. Their buffered amount is above every limit. */
const paused = new Set<WebSocket>()
let areAllPaused = false

let place: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  vi.spyOn(WebSocket.prototype, "bufferedAmount", "get").mockImplementation(function (this: WebSocket) {
    return areAllPaused || paused.has(this) ? 1e9 : 0
  })
  paused.clear()
  areAllPaused = false
  holdTime()
  world = newWorld()
  place = new TestObject("BENCH")
})

/** A client that does not read, as far as its object can tell. */
async function dialPaused(flow: string, query = ""): Promise<Line> {
  const client = await place.dial(`/bench/:id/${flow}?maxBufferedAmount=10${query}`)
  await place.inside((_, state) => {
    const [newest] = state.getWebSockets()
    if (newest) paused.add(newest)
  })
  return client
}

const texts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `text ${String(from + index).padStart(5, "0")}`)

/** Sends messages, and waits until the last of them has come to the object. */
async function arrived(client: Line, messages: readonly string[]): Promise<void> {
  const received = () => metrics().get("/bench/:id/:flow/:name?")?.messagesIn ?? 0
  const before = received()
  client.send(...messages)
  while (received() < before + messages.length) await place.arrived()
}

/** Fires the alarm, which finds the clients that read again. */
async function look(): Promise<void> {
  vi.setSystemTime(Date.now() + 20_000)
  await place.ring(Date.now())
}

/** The mark is so low that the first message is above it. */
const [first = ""] = texts(1, 1)

describe("a slow client", () => {
  it("makes what it sends wait, and gets it all in order when it reads again", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 100))
    expect(await client.next()).toEqual([first])
    expect(world.seen).toEqual([first])
    paused.clear()
    expect(await client.send("after").next(100)).toEqual([...texts(2, 100), "after"])
  })

  it("gets it all when it reads again and sends nothing", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 5))
    paused.clear()
    expect(await client.next(5)).toEqual(texts(1, 5))
  })

  it("is closed with 1013 with the strategy fail", async () => {
    const client = await dialPaused("guarded", "&slowReader=fail")
    client.send(...texts(1, 3))
    expect(await client.next(2)).toEqual([first, closed(1013, "Too slow")])
  })

  it("loses the new with the strategy dropNew", async () => {
    const client = await dialPaused("guarded", "&slowReader=dropNew")
    await arrived(client, texts(1, 50))
    expect(world.seen).toEqual(texts(1, 50))
    paused.clear()
    await look()
    expect(await client.send("after").next(2)).toEqual([first, "after"])
  })

  it("loses all but the last sixteen with the strategy dropHead", async () => {
    const client = await dialPaused("guarded", "&slowReader=dropHead")
    await arrived(client, texts(1, 50))
    paused.clear()
    await look()
    expect(await client.send("after").next(18)).toEqual([first, ...texts(35, 50), "after"])
  })
})

describe("a slow client in a room", () => {
  it("keeps nothing from the others", async () => {
    const slow = await dialPaused("guarded-news")
    const others = await Promise.all(Array.from({ length: 3 }, () => place.dial("/bench/:id/news")))
    const speaker = await place.dial("/bench/:id/publish")
    speaker.send(...texts(1, 200))
    for (const other of others) expect(await other.next(200)).toEqual(texts(1, 200))
    expect(await slow.next()).toEqual([first])
  })

  it("gets its waiting messages in order, and every other client gets each once", async () => {
    const slow = await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    speaker.send(...texts(1, 20))
    expect(await other.next(20)).toEqual(texts(1, 20))
    paused.clear()
    speaker.send("after")
    expect(await other.next()).toEqual(["after"])
    expect(await slow.next(21)).toEqual([...texts(1, 20), "after"])
  })

  it("is slow in its sleep, too", async () => {
    const slow = await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    await place.sleep()
    // The runtime keeps the socket, but not the object that stands for it.
    await place.inside((_, state) => {
      const [, , oldest] = state.getWebSockets()
      if (oldest) paused.add(oldest)
    })
    speaker.send(...texts(1, 5))
    expect(await other.next(5)).toEqual(texts(1, 5))
    paused.clear()
    speaker.send("after")
    expect(await slow.next(6)).toEqual([...texts(1, 5), "after"])
  })
})

describe("a slow client of an evicted object", () => {
  // An object with pending timers is not evicted as idle, so the timers never fire here.
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() }))

  async function evict(): Promise<void> {
    vi.clearAllTimers()
    await place.sleep()
  }

  it("goes on where it was", async () => {
    areAllPaused = true
    const client = await place.dial("/bench/:id/guarded-range?maxBufferedAmount=10")
    expect(await client.next()).toEqual(["message 1"])
    await evict()
    await client.send("is ignored")
    await evict()
    areAllPaused = false
    const rest = Array.from({ length: 999 }, (_, index) => `message ${index + 2}`)
    expect(await client.send("is ignored").next(1_000)).toEqual([...rest, closed(1000)])
  })

  it("gets in order what waited in its maxQueuedMessages", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 20))
    await evict()
    paused.clear()
    expect(await client.send("after").next(21)).toEqual([...texts(1, 20), "after"])
  })

  it("gets in order what waited for it in a room, before what is new", async () => {
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

  it("is looked after by an alarm, if nothing else happens", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 20))
    await evict()
    paused.clear()
    await place.pass(20_000)
    expect(await client.next(20)).toEqual(texts(1, 20))
    expect(await place.alarm()).toBeNull()
  })

  it("is closed with 1012 if what waited for it is too much to be kept", async () => {
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

describe("what a slow client costs", () => {
  it("is no row, however much waits for it", async () => {
    await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    speaker.send(...texts(1, 10))
    await other.next(10)
    const bill = await CostMeter.open(place)
    const long = "x".repeat(5_000)
    speaker.send(...Array.from({ length: 20 }, () => long))
    await other.next(20)
    const { put, setAlarm } = bill.take()
    expect([put, setAlarm]).toEqual([undefined, undefined])
    expect(await place.rows()).toEqual([])
  })

  it("sets no alarm for clients that are not slow", async () => {
    const client = await place.dial("/bench/:id/guarded?maxBufferedAmount=10")
    expect(await client.send(...texts(1, 50)).next(50)).toEqual(texts(1, 50))
    expect(await place.alarm()).toBeNull()
  })

  it("is one alarm for all", async () => {
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    for (let n = 0; n < 5; n++) await dialPaused("guarded-news")
    const bill = await CostMeter.open(place)
    speaker.send(...texts(1, 10))
    await other.next(10)
    await place.arrived()
    expect(bill.take().setAlarm).toBe(1)
  })

  it("is nothing any more when it has left", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 10))
    expect(await place.alarm()).not.toBeNull()
    client.close(1000)
    await client.next(2)
    expect(await place.alarm()).toBeNull()
  })
})
