import { beforeEach, describe, expect, it } from "vitest"
import {
  cell,
  dial,
  errors,
  inStorage,
  later,
  newAuthorObject,
  object,
  setAct,
  started,
} from "../support/author-object.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"

beforeEach(newAuthorObject)

describe("destroy (fault 5)", () => {
  const destroyed = () => object.inside(({ tools }) => tools.destroy(4000, "The end"))
  const isEmpty = async () => expect([await object.rows(), await object.alarm()]).toEqual([[], null])

  it.each(["in an RPC method", "in a flow", "after an eviction"])("ends and deletes everything: %s", async (where) => {
    setAct((_, { destroy }) => void destroy(4000, "The end"))
    const lines = [await dial("ticks"), await dial("total"), await dial("beat"), await dial("delay"), await dial("act")]
    const [, , beat, delay, actor] = lines as [Line, Line, Line, Line, Line]
    beat.send("add")
    delay.send("too late")
    await object.arrived()
    await inStorage((storage) => {
      storage.kv.put("mine", 1)
      storage.setAlarm(later())
      cell.set(7)
    })
    if (where === "after an eviction") await object.sleep()
    if (where === "in a flow") actor.send("now")
    else await destroyed()
    for (const line of lines) {
      const frames = await line.next()
      while (typeof frames[0] === "string") frames.splice(0, 1, ...(await line.next()))
      expect(frames).toEqual([closed(4000, "The end")])
    }
    await object.arrived()
    await isEmpty()
    expect(await object.inside(({ tools }) => [tools.connections.size, cell.get()])).toEqual([0, 1])
    expect(started).toBe(0)
    await object.sleep()
    await isEmpty()
    const [ticks, again, idle] = [await dial("ticks"), await dial("beat"), await dial("idle")]
    again.send("add")
    await object.pass(1_000)
    expect(await ticks.next(2)).toEqual(["tick 0", "tick 1"])
    expect(await again.next()).toEqual(["beat 1"])
    await object.pass(1_500)
    expect(await idle.next()).toEqual([closed(1001, "Idle for too long")])
    expect(errors).toEqual([])
  })

  it("is followed by a new object without an eviction, too", async () => {
    const first = await dial("beat")
    first.send("add")
    await object.arrived()
    await destroyed()
    expect(await first.next()).toEqual([closed(4000, "The end")])
    const [second, idle] = [await dial("beat"), await dial("idle")]
    second.send("add")
    await object.pass(1_000)
    expect(await second.next()).toEqual(["beat 1"])
    await object.pass(1_500)
    expect(await second.next()).toEqual(["beat 2"])
    expect(await idle.next()).toEqual([closed(1001, "Idle for too long")])
  })
})
