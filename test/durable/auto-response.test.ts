import { beforeEach, describe, expect, it, vi } from "vitest"
import { newWorld } from "../support/durable-worker/bench.ts"
import { TestObject } from "../support/test-object.ts"

const path = "/bench/:id/guarded?ping=hey"

let testObject: TestObject
let world = newWorld()

beforeEach(() => {
  vi.restoreAllMocks()
  world = newWorld()
  testObject = new TestObject("BENCH")
})

describe("a keep-alive text", () => {
  it("is answered, and the flow does not see it", async () => {
    const client = await testObject.dial(path)
    for (const [text, answer] of Object.entries({ hey: "hey!", hello: "hello" })) {
      expect(await client.send(text).next()).toEqual([answer])
    }
    expect(world.seen).toEqual(["hello"])
  })

  it("is answered while the object sleeps, which sleeps on", async () => {
    const clients = [await testObject.dial(path), await testObject.dial(path)]
    await testObject.sleep()
    const { constructed, built } = world
    for (const client of clients) expect(await client.send("hey", "hey").next(2)).toEqual(["hey!", "hey!"])
    expect(world).toMatchObject({ constructed, built, seen: [] })
    expect(await clients[0]?.send("hello").next()).toEqual(["hello"])
    expect(world).toMatchObject({ constructed: constructed + 1, built: built + 1, seen: ["hello"] })
  })

  it.each(["Hey", "hey ", "heyhey", "", new TextEncoder().encode("hey")])(
    "is that text and nothing like it: %s",
    async (frame) => {
      const client = await testObject.dial(path)
      await testObject.sleep()
      const [answer] = await client.send(frame).next()
      expect(answer).not.toBe("hey!")
    },
  )

  it("may be the same at several endpoints of an object", async () => {
    const [one, other] = [await testObject.dial(path), await testObject.dial("/bench/:id/guarded-news?ping=hey")]
    expect(await one.send("hey").next()).toEqual(["hey!"])
    expect(await other.send("hey").next()).toEqual(["hey!"])
  })

  it("is refused where another endpoint of the object has another one, and the error says so", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {})
    const client = await testObject.dial(path)
    await expect(testObject.dial("/bench/:id/guarded?ping=ho")).rejects.toThrow("500")
    expect(log.mock.calls.map(String).join()).toContain(
      'All endpoints of an object have one autoResponse, and that is "hey", not "ho"',
    )
    expect(await testObject.inside((_, state) => state.getWebSockets().length)).toBe(1)
    expect(await client.send("hey").next()).toEqual(["hey!"])
  })

  it("may be another one when nobody is connected any more", async () => {
    const client = await testObject.dial(path)
    client.close(1000)
    await client.next()
    await testObject.sleep()
    const other = await testObject.dial("/bench/:id/guarded?ping=ho")
    expect(await other.send("ho").next()).toEqual(["ho!"])
    expect(await other.send("hey").next()).toEqual(["hey"])
  })

  it("is a message like any other at an endpoint that has none", async () => {
    const client = await testObject.dial("/bench/:id/guarded")
    expect(await client.send("hey").next()).toEqual(["hey"])
  })
})
