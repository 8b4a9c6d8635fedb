import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import type { ActorBench } from "../support/durable-worker/actor-bench.ts"
import { newWorld } from "../support/durable-worker/world.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let testObject: TestObject

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  newWorld()
  testObject = new TestObject("ACTOR_BENCH")
})

const talk = (actor = "counter") => testObject.dial(`/actors/:id/talk/${actor}`)
const silence = () => vi.spyOn(console, "error").mockImplementation(() => {})

/** Sends an actor a message while the object hibernates, and waits for the answer. */
async function say(client: Line, message: string, count = 1) {
  await testObject.sleep()
  return client.send(message).next(count)
}

describe("an actor of an object", () => {
  it("is started by its first message, and not before", async () => {
    const client = await talk()
    expect(await testObject.rows()).toEqual([])
    expect(await say(client, "add", 2)).toEqual(["started", "count 1"])
  })

  it("continues after hibernation: it neither starts again nor stops", async () => {
    const client = await talk()
    await client.send("add").next(2)
    for (const count of [2, 3]) expect(await say(client, "add")).toEqual([`count ${count}`])
  })

  it("keeps its state for later connections", async () => {
    const first = await talk()
    await first.send("add").next(2)
    first.close(1000)
    await first.next()
    await testObject.sleep()
    expect(await say(await talk(), "add")).toEqual(["count 2"])
  })

  it("is separate from the other actors of the object", async () => {
    const [counter, resumed] = [await talk("counter"), await talk("resumed")]
    await say(counter, "add", 2)
    await say(resumed, "add", 2)
    expect(await say(counter, "add")).toEqual(["started"])
    expect(await counter.next(2)).toEqual(["count 1", "count 2"])
    expect(await testObject.rows()).toEqual(["sluice:actor:counter", "sluice:actor:resumed"])
  })

  it("keeps one row, written when it has changed", async () => {
    const client = await talk()
    const costs = await CostMeter.open(testObject)
    await client.send("add").next(2)
    expect(costs.take()).toEqual({ put: 1 })
    await client.send("show").next()
    expect(costs.take()).toEqual({})
    await say(client, "show")
    expect(costs.take().put).toBeUndefined()
    await say(client, "add")
    expect(costs.take().put).toBe(1)
    expect(await testObject.rows()).toEqual(["sluice:actor:counter"])
  })

  it("that has stopped is not kept, and begins anew with the next message", async () => {
    const client = await talk()
    await client.send("add").next(2)
    expect(await say(client, "stop")).toEqual(["stopped"])
    expect(await testObject.rows()).toEqual([])
    expect(await say(client, "add", 2)).toEqual(["started", "count 1"])
  })

  it.each(["counter", "", "a/b", "@a", "über"])("cannot be called %j", async (name) => {
    const refusal = name === "counter" ? /has an actor "counter" already/ : /cannot name an actor/
    await testObject.inside((object) => {
      expect(() => (object as ActorBench).actorCalled(name)).toThrow(refusal)
    })
  })
})

describe("an object's actor that throws", () => {
  it("is logged once and stops; its row is kept, and the next message continues from it (fault 43)", async () => {
    const log = silence()
    const [client, other] = [await talk(), await talk()]
    await client.send("add").next(2)
    expect(await say(client, "fail")).toEqual(["stopped"])
    expect(log.mock.calls.flat().join()).toContain("It broke")
    expect(log).toHaveBeenCalledOnce()
    expect(await testObject.rows()).toEqual(["sluice:actor:counter"])
    await testObject.sleep()
    expect(await say(other, "add", 4)).toEqual(["started", "count 1", "stopped", "count 2"])
  })

  it("continues with its state if the directive is resume", async () => {
    const log = silence()
    const client = await talk("resumed")
    await client.send("add").next(2)
    await say(client, "fail", 0)
    expect(await say(client, "add")).toEqual(["count 2"])
    expect(log).toHaveBeenCalledOnce()
  })

  it("is replaced if the directive is restart, at most ten times a minute", async () => {
    const log = silence()
    const client = await talk("restarted")
    await client.send("add").next(2)
    for (const _ of Array(10).keys()) expect(await say(client, "fail", 2)).toEqual(["stopped", "started"])
    expect(await say(client, "show")).toEqual(["count 0"])
    expect(await say(client, "fail")).toEqual(["stopped"])
    expect(await testObject.rows()).toEqual(["sluice:actor:restarted"])
    expect(log).toHaveBeenCalledTimes(11)
  })

  it("closes the sockets whose flows end in it with 1011, and no others (fault 43)", async () => {
    silence()
    const [until, client] = [await testObject.dial("/actors/:id/until"), await talk()]
    until.send("add")
    expect(await client.next()).toEqual(["count 1"])
    expect(await say(client, "fail")).toEqual(["stopped"])
    expect(await until.next()).toEqual([closed(1011)])
    expect(await say(client, "add")).toEqual(["count 2"])
  })
})
