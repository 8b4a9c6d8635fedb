import { beforeEach, describe, expect, it, vi } from "vitest"
import { metrics } from "../../src/socket/metrics.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

/** The sockets of objects whose clients do not read: there is always more on its way to them than any mark. */
const paused = new Set<WebSocket>()
let everybody = false

let object: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  vi.spyOn(WebSocket.prototype, "bufferedAmount", "get").mockImplementation(function (this: WebSocket) {
    return everybody || paused.has(this) ? 1e9 : 0
  })
  paused.clear()
  everybody = false
  holdTime()
  world = newWorld()
  object = new TestObject("BENCH")
})

/** A client that does not read, as far as its object can tell. */
async function dialPaused(flow: string, query = ""): Promise<Line> {
  const client = await object.dial(`/bench/:id/${flow}?maxBufferedAmount=10${query}`)
  await object.inside((_, state) => {
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
  while (received() < before + messages.length) await object.arrived()
}

/** The alarm rings, and it is seen who reads again. */
async function look(): Promise<void> {
  vi.setSystemTime(Date.now() + 20_000)
  await object.ring(Date.now())
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
    const others = await Promise.all(Array.from({ length: 3 }, () => object.dial("/bench/:id/news")))
    const speaker = await object.dial("/bench/:id/publish")
    speaker.send(...texts(1, 200))
    for (const other of others) expect(await other.next(200)).toEqual(texts(1, 200))
    expect(await slow.next()).toEqual([first])
  })

  it("gets in order what waited for it, and everybody else gets it once", async () => {
    const slow = await dialPaused("guarded-news")
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
    speaker.send(...texts(1, 20))
    expect(await other.next(20)).toEqual(texts(1, 20))
    paused.clear()
    speaker.send("after")
    expect(await other.next()).toEqual(["after"])
    expect(await slow.next(21)).toEqual([...texts(1, 20), "after"])
  })

  it("is slow in its sleep, too", async () => {
    const slow = await dialPaused("guarded-news")
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
    await object.sleep()
    // The runtime keeps the socket, but not the object that stands for it.
    await object.inside((_, state) => {
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

describe("a slow client whose object is evicted all the same", () => {
  // An object that looks after somebody by its timers is not evicted as one that is idle: here they never go off.
  beforeEach(() => vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() }))

  async function evict(): Promise<void> {
    vi.clearAllTimers()
    await object.sleep()
  }

  it("goes on where it was", async () => {
    everybody = true
    const client = await object.dial("/bench/:id/guarded-range?maxBufferedAmount=10")
    expect(await client.next()).toEqual(["message 1"])
    await evict()
    await client.send("is ignored")
    await evict()
    everybody = false
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
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
    speaker.send(...texts(1, 20))
    await other.next(20)
    await evict()
    paused.clear()
    speaker.send("after")
    expect(await other.next()).toEqual(["after"])
    expect(await client.next(21)).toEqual([...texts(1, 20), "after"])
    await object.sleep()
    const { built } = world
    speaker.send("and later")
    expect(await client.next()).toEqual(["and later"])
    // The speaker's only: it is not slow any more.
    expect(world.built).toBe(built + 1)
  })

  it("is looked after by an alarm, if nothing else happens", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 20))
    await evict()
    paused.clear()
    await object.pass(20_000)
    expect(await client.next(20)).toEqual(texts(1, 20))
    expect(await object.alarm()).toBeNull()
  })

  it("is closed with 1012 if what waited for it is too much to be kept", async () => {
    const client = await dialPaused("guarded-news")
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
    speaker.send(...texts(1, 50), "x".repeat(20_000))
    await other.next(51)
    await evict()
    paused.clear()
    speaker.send("after")
    expect(await other.next()).toEqual(["after"])
    expect(await client.next(2)).toEqual([first, closed(1012, "The service was interrupted")])
    expect(await object.rows()).toEqual([])
  })

  it("is not closed if it has caught up before", async () => {
    const client = await dialPaused("guarded-news")
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
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
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
    speaker.send(...texts(1, 10))
    await other.next(10)
    const costs = await CostMeter.open(object)
    const long = "x".repeat(5_000)
    speaker.send(...Array.from({ length: 20 }, () => long))
    await other.next(20)
    const { put, setAlarm } = costs.take()
    expect([put, setAlarm]).toEqual([undefined, undefined])
    expect(await object.rows()).toEqual([])
  })

  it("is no alarm for those who are not slow", async () => {
    const client = await object.dial("/bench/:id/guarded?maxBufferedAmount=10")
    expect(await client.send(...texts(1, 50)).next(50)).toEqual(texts(1, 50))
    expect(await object.alarm()).toBeNull()
  })

  it("is one alarm for all", async () => {
    const other = await object.dial("/bench/:id/news")
    const speaker = await object.dial("/bench/:id/publish")
    for (let n = 0; n < 5; n++) await dialPaused("guarded-news")
    const costs = await CostMeter.open(object)
    speaker.send(...texts(1, 10))
    await other.next(10)
    await object.arrived()
    expect(costs.take().setAlarm).toBe(1)
  })

  it("is nothing any more when it has left", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 10))
    expect(await object.alarm()).not.toBeNull()
    client.close(1000)
    await client.next(2)
    expect(await object.alarm()).toBeNull()
  })
})
