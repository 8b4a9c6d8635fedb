import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let place: TestObject

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
  place = new TestObject("BENCH")
})

describe("a cell of the object", () => {
  it("keeps its value while the object hibernates, in one row", async () => {
    const client = await place.dial("/bench/:id/topic")
    expect(await client.send("birds").next()).toEqual(["birds"])
    await place.sleep()
    const other = await place.dial("/bench/:id/topic")
    expect(await other.send("bees").next()).toEqual(["bees"])
    await place.sleep()
    expect(await place.rows()).toEqual(["sluice:cell:topic"])
  })

  it("refuses a value that its schema refuses, and keeps its value", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const changes = await place.dial("/bench/:id/topics")
    const client = await place.dial("/bench/:id/topic")
    expect(await client.send("much too long").next()).toEqual([closed(1011)])
    const other = await place.dial("/bench/:id/topic")
    expect(await other.send("birds").next()).toEqual(["birds"])
    expect(await changes.next()).toEqual(["birds"])
  })

  it("publishes its changes to hibernating connections", async () => {
    const changes = await place.dial("/bench/:id/topics")
    const client = await place.dial("/bench/:id/topic")
    for (const topic of ["birds", "bees"]) {
      await place.sleep()
      expect(await client.send(topic).next()).toEqual([topic])
      expect(await changes.next()).toEqual([topic])
    }
  })

  it("starts and stops the ticks of a hibernating connection when another one sets it", async () => {
    const runner = await place.dial("/bench/:id/runners")
    const client = await place.dial("/bench/:id/run")
    expect(await place.alarm()).toBeNull()
    await place.pass(1_500)
    expect(await client.send("on").next()).toEqual(["true"])
    await place.pass(500)
    await place.pass(1_000)
    await place.sleep()
    expect(await client.send("off").next()).toEqual(["false"])
    expect(await place.alarm()).toBeNull()
    await place.pass(1_500)
    expect(await client.send("on").next()).toEqual(["true"])
    await place.pass(500)
    expect(await runner.next(3)).toEqual(["tick 2", "tick 3", "tick 5"])
  })
})

describe("a cell of a connection", () => {
  it("belongs to it alone, and is kept with its socket", async () => {
    const [one, other] = [await place.dial("/bench/:id/own"), await place.dial("/bench/:id/own")]
    expect(await one.send("a").next()).toEqual(["nothing"])
    await place.sleep()
    expect(await other.send("b").next()).toEqual(["nothing"])
    expect(await one.send("c").next()).toEqual(["a"])
    await place.sleep()
    expect(await one.send("d").next()).toEqual(["c"])
    expect(await place.rows()).toEqual([])
  })

  it("is written once for each event that sets it", async () => {
    const client = await place.dial("/bench/:id/own")
    const bill = await CostMeter.open(place)
    await client.send("a").next()
    expect(bill.take()).toEqual({ attach: 1 })
  })

  it("shows its changes", async () => {
    const client = await place.dial("/bench/:id/mine")
    expect(await client.send("a").next()).toEqual(["a"])
    await place.sleep()
    expect(await client.send("b").next()).toEqual(["b"])
  })

  it("starts and stops the connection's ticks", async () => {
    const client = await place.dial("/bench/:id/timer")
    await place.pass(1_500)
    client.send("on")
    await place.pass(500)
    client.send("off")
    await place.arrived()
    expect(await place.alarm()).toBeNull()
    expect(await client.next()).toEqual(["tick 2"])
  })
})
