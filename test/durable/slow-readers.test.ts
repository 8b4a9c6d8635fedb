import { beforeEach, describe, expect, it } from "vitest"
import { closed } from "../support/client.ts"
import { arrived, dialPaused, first, look, newPlace, paused, place, texts, world } from "../support/paused-clients.ts"
import { CostMeter } from "../support/test-object.ts"

beforeEach(newPlace)

describe("a slow client", () => {
  it("makes its own messages wait, and gets all answers in order when it reads again", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 100))
    expect(await client.next()).toEqual([first])
    expect(world.seen).toEqual([first])
    paused.clear()
    expect(await client.send("after").next(100)).toEqual([...texts(2, 100), "after"])
  })

  it("gets all answers when it reads again and sends nothing", async () => {
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

  it("loses new messages with the strategy dropNew", async () => {
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
  it("delays no message to the others", async () => {
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

  it("is slow while it hibernates, too", async () => {
    const slow = await dialPaused("guarded-news")
    const other = await place.dial("/bench/:id/news")
    const speaker = await place.dial("/bench/:id/publish")
    await place.sleep()
    // The runtime keeps the socket, but not its JavaScript object.
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

describe("the cost of a slow client", () => {
  it("is no row, for any number of waiting messages", async () => {
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

  it("is nothing when the client has closed", async () => {
    const client = await dialPaused("guarded")
    await arrived(client, texts(1, 10))
    expect(await place.alarm()).not.toBeNull()
    client.close(1000)
    await client.next(2)
    expect(await place.alarm()).toBeNull()
  })
})
