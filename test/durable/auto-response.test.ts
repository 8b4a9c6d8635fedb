import { beforeEach, describe, expect, it, vi } from "vitest"
import { newWorld } from "../support/durable-worker/world.ts"
import { TestObject } from "../support/test-object.ts"

const path = "/bench/:id/guarded?ping=hey"

let place: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  world = newWorld()
  place = new TestObject("BENCH")
})

describe("a keep-alive text", () => {
  it("is answered, and the flow does not see it", async () => {
    const client = await place.dial(path)
    for (const [text, answer] of Object.entries({ hey: "hey!", hello: "hello" })) {
      expect(await client.send(text).next()).toEqual([answer])
    }
    expect(world.seen).toEqual(["hello"])
  })

  it("is answered without waking the object", async () => {
    const clients = [await place.dial(path), await place.dial(path)]
    await place.sleep()
    const { constructed, built } = world
    for (const client of clients) expect(await client.send("hey", "hey").next(2)).toEqual(["hey!", "hey!"])
    expect(world).toMatchObject({ constructed, built, seen: [] })
    expect(await clients[0]?.send("hello").next()).toEqual(["hello"])
    expect(world).toMatchObject({ constructed: constructed + 1, built: built + 1, seen: ["hello"] })
  })

  it.each(["Hey", "hey ", "heyhey", "", new TextEncoder().encode("hey")])(
    "is that exact text, and no similar one: %s",
    async (frame) => {
      const client = await place.dial(path)
      await place.sleep()
      const [answer] = await client.send(frame).next()
      expect(answer).not.toBe("hey!")
    },
  )

  it("may be the same at several endpoints of an object", async () => {
    const [one, other] = [await place.dial(path), await place.dial("/bench/:id/guarded-news?ping=hey")]
    expect(await one.send("hey").next()).toEqual(["hey!"])
    expect(await other.send("hey").next()).toEqual(["hey!"])
  })

  it("is refused if another endpoint of the object has another one, and the error names it", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {})
    const client = await place.dial(path)
    await expect(place.dial("/bench/:id/guarded?ping=ho")).rejects.toThrow("500")
    expect(log.mock.calls.map(String).join()).toContain(
      'All endpoints of an object have one autoResponse, and that is "hey", not "ho"',
    )
    expect(await place.inside((_, state) => state.getWebSockets().length)).toBe(1)
    expect(await client.send("hey").next()).toEqual(["hey!"])
  })

  it("may change while there are no connections", async () => {
    const client = await place.dial(path)
    client.close(1000)
    await client.next()
    await place.sleep()
    const other = await place.dial("/bench/:id/guarded?ping=ho")
    expect(await other.send("ho").next()).toEqual(["ho!"])
    expect(await other.send("hey").next()).toEqual(["hey"])
  })

  it("is a message like any other at an endpoint without one", async () => {
    const client = await place.dial("/bench/:id/guarded")
    expect(await client.send("hey").next()).toEqual(["hey"])
  })
})
