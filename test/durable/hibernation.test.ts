import { expect, it } from "vitest"
import { newWorld } from "../support/durable-worker/world.ts"
import { TestObject } from "../support/test-object.ts"

it("an object that the runtime itself evicts continues for both its sockets", async () => {
  const world = newWorld()
  const object = new TestObject("BENCH")
  const [one, other] = [await object.dial("/bench/:id/even"), await object.dial("/bench/:id/even")]
  expect(await one.send("1").next(2)).toEqual(["0", "1"])
  expect(world.constructed).toBe(1)
  // The runtime evicts an object after ten seconds without an event, without a notice.
  await new Promise((resolve) => setTimeout(resolve, 12_000))
  expect(await other.send("1").next(2)).toEqual(["0", "1"])
  expect(await one.send("1").next()).toEqual(["2"])
  expect(world).toMatchObject({ constructed: 2, built: 4 })
})

it("an alarm of the runtime itself wakes the object", async () => {
  const object = new TestObject("STOPWATCH")
  const client = await object.dial("/stopwatch/:id")
  expect(await client.send("start").next()).toEqual(["0"])
  await object.sleep()
  expect(await client.next()).toEqual(["1"])
})
