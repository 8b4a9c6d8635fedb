import { Flow, text, webSocket } from "sluice"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { ask, dial, newAcceptingObject, testObject } from "../support/accepting-object.ts"
import { closed } from "../support/client.ts"
import { script } from "../support/durable-worker/scripted.ts"
import { countingBuilds, newWorld } from "../support/durable-worker/world.ts"

let ids: string[]

beforeEach(() => {
  newAcceptingObject()
  ids = []
})

describe("the connections of an object (fault 34)", () => {
  beforeEach(() =>
    script(() => ({
      accept({ id, data }) {
        // The check of the flow of a class, before the first connection, has no id.
        if (id !== "" && !ids.includes(id)) ids.push(id)
        if (data === "late") return webSocket.endpoint(text, Flow.of<string>().delay("1 hour"))
        return countingBuilds(
          webSocket.endpoint(
            text,
            Flow.of<string>().map((text) => `${text} ${id}`),
          ),
        )
      },
    })),
  )

  it("are counted, found and listed by the ids in their info, and closed, without restoring any other", async () => {
    const [ann, bob] = [await dial("ann"), await dial("bob")]
    const [annId = "", bobId = ""] = ids
    expect(await ann.send("a").next()).toEqual([`a ${annId}`])
    await testObject.sleep()
    const world = newWorld()
    const seen = await testObject.inside(({ tools: { connections } }) => [
      connections.size,
      [...connections].map(({ id, data }) => `${data} ${id}`).toSorted(),
      connections.get(bobId)?.data,
      connections.get("none"),
      connections.close("none"),
    ])
    expect(seen).toEqual([2, [`ann ${annId}`, `bob ${bobId}`].toSorted(), "bob", undefined, false])
    expect(world.built).toBe(0)
    await testObject.inside(({ tools: { connections } }) => {
      expect(() => connections.close(annId, 1005)).toThrow(RangeError)
      expect(connections.close(bobId, 4001, "Kicked")).toBe(true)
      expect([connections.close(bobId), connections.get(bobId), connections.size]).toEqual([false, undefined, 1])
    })
    expect(await bob.next()).toEqual([closed(4001, "Kicked")])
    expect(world.built).toBe(1)
    expect(await ann.send("b").next()).toEqual([`b ${annId}`])
  })

  it("leave out a connection with a closed socket, even while its flow still runs", async () => {
    const { webSocket: silent } = await ask("late")
    silent?.accept({ allowHalfOpen: true })
    silent?.send("a")
    await testObject.arrived()
    const [id = ""] = ids
    expect(await testObject.inside(({ tools: { connections } }) => connections.close(id))).toBe(true)
    expect(await testObject.inside(({ tools: { connections } }) => [...connections])).toEqual([])
    await testObject.sleep()
    await dial()
    expect(await testObject.inside(({ tools: { connections } }) => connections.size)).toBe(1)
    await testObject.inside((_, { storage }) => storage.setAlarm(Date.now() + 30_000))
    vi.setSystemTime(Date.now() + 30_000)
    await testObject.ring(Date.now())
    expect(
      await testObject.inside(({ tools: { connections } }) => [connections.size, [...connections].length]),
    ).toEqual([1, 1])
  })

  it("are counted without a list of them for each that is accepted (fault 45)", async () => {
    await dial()
    await testObject.sleep()
    const list = await testObject.inside((_, state) => vi.spyOn(Object.getPrototypeOf(state), "getWebSockets"))
    for (let n = 0; n < 10; n++) await dial()
    expect(list.mock.calls).toEqual([["sluice"]])
  })
})
