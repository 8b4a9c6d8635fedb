import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { newWorld } from "../support/durable-worker/bench.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
  object = new TestObject("BENCH")
})

describe("a cell of the object", () => {
  it("keeps its value while the object sleeps, in one row", async () => {
    const client = await object.dial("/bench/:id/topic")
    expect(await client.send("birds").next()).toEqual(["birds"])
    await object.sleep()
    const other = await object.dial("/bench/:id/topic")
    expect(await other.send("bees").next()).toEqual(["bees"])
    await object.sleep()
    expect(await object.rows()).toEqual(["sluice:cell:topic"])
  })

  it("refuses what its schema refuses, and keeps what it had", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const changes = await object.dial("/bench/:id/topics")
    const client = await object.dial("/bench/:id/topic")
    expect(await client.send("much too long").next()).toEqual([closed(1011)])
    const other = await object.dial("/bench/:id/topic")
    expect(await other.send("birds").next()).toEqual(["birds"])
    expect(await changes.next()).toEqual(["birds"])
  })

  it("tells those who are asleep of its changes", async () => {
    const changes = await object.dial("/bench/:id/topics")
    const client = await object.dial("/bench/:id/topic")
    for (const topic of ["birds", "bees"]) {
      await object.sleep()
      expect(await client.send(topic).next()).toEqual([topic])
      expect(await changes.next()).toEqual([topic])
    }
  })

  it("starts and stops the ticks of a connection that is asleep while another one sets it", async () => {
    const runner = await object.dial("/bench/:id/runners")
    const client = await object.dial("/bench/:id/run")
    expect(await object.alarm()).toBeNull()
    await object.pass(1_500)
    expect(await client.send("on").next()).toEqual(["true"])
    await object.pass(500)
    await object.pass(1_000)
    await object.sleep()
    expect(await client.send("off").next()).toEqual(["false"])
    expect(await object.alarm()).toBeNull()
    await object.pass(1_500)
    expect(await client.send("on").next()).toEqual(["true"])
    await object.pass(500)
    expect(await runner.next(3)).toEqual(["tick 2", "tick 3", "tick 5"])
  })
})

describe("a cell of a connection", () => {
  it("is its own, and kept with its socket", async () => {
    const [one, other] = [await object.dial("/bench/:id/own"), await object.dial("/bench/:id/own")]
    expect(await one.send("a").next()).toEqual(["nothing"])
    await object.sleep()
    expect(await other.send("b").next()).toEqual(["nothing"])
    expect(await one.send("c").next()).toEqual(["a"])
    await object.sleep()
    expect(await one.send("d").next()).toEqual(["c"])
    expect(await object.rows()).toEqual([])
  })

  it("is written once an event, where it was set", async () => {
    const client = await object.dial("/bench/:id/own")
    const costs = await CostMeter.open(object)
    await client.send("a").next()
    expect(costs.take()).toEqual({ attach: 1 })
  })

  it("shows its changes", async () => {
    const client = await object.dial("/bench/:id/mine")
    expect(await client.send("a").next()).toEqual(["a"])
    await object.sleep()
    expect(await client.send("b").next()).toEqual(["b"])
  })

  it("starts and stops the connection's ticks", async () => {
    const client = await object.dial("/bench/:id/timer")
    await object.pass(1_500)
    client.send("on")
    await object.pass(500)
    client.send("off")
    await object.arrived()
    expect(await object.alarm()).toBeNull()
    expect(await client.next()).toEqual(["tick 2"])
  })
})
