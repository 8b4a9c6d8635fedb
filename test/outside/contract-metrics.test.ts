import { describe, expect, inject, it } from "vitest"
import { Observer, targets } from "../support/contract.ts"
import { connect } from "../support/ws-client.ts"

/** The metrics of the connections of this file alone, because it has a route of its own. */
describe.each(targets)("metrics on the $name target", ({ path }) => {
  const route = `${path}/counted/:name`

  async function counted(): Promise<Record<string, unknown>> {
    const response = await fetch(`${inject("contractUrl")}/metrics?endpoint=${encodeURIComponent(route)}`)
    return response.status === 200 ? response.json() : {}
  }

  it("are those of the route, by its path as it was written", async () => {
    const observer = await Observer.start()
    const open = (name: string, query = {}) => connect(observer.url(`${path}/counted/${name}`, query))
    expect(await counted()).toEqual({})
    const client = await open("text")
    expect(await counted()).toMatchObject({ open: 1, opened: 1, messagesIn: 0, messagesOut: 0 })
    await client.send("four", "füße").take(2)
    expect(await counted()).toMatchObject({ messagesIn: 2, bytesIn: 8, messagesOut: 2, bytesOut: 8 })
    client.close(4000)
    await client.closed
    expect(await counted()).toMatchObject({ open: 0, opened: 1, closes: { 4000: 1 } })

    const binary = await open("binary")
    await binary.send(Buffer.alloc(7)).next()
    binary.close(1000)
    await binary.closed
    expect(await counted()).toMatchObject({ messagesIn: 3, bytesIn: 15, messagesOut: 3, bytesOut: 15 })

    await (await open("json")).send("{not json").closed
    await (await open("fails")).send("fail").closed
    expect(await counted()).toMatchObject({ decodeErrors: 1, open: 0, opened: 4, closes: { 1003: 1, 1011: 1 } })

    // Of six the first is in the flow.
    const dropping = await open("inbox", { size: "2", overflow: "dropNew" })
    await observer.rest()
    dropping.send("1", "2", "3", "4", "5", "6")
    await observer.take(6)
    await observer.openGate(path)
    expect(await dropping.take(3)).toEqual(["1", "2", "3"])
    expect(await counted()).toMatchObject({ drops: 3, overflows: 0, open: 1 })
    dropping.socket.terminate()
    await expect.poll(counted).toMatchObject({ open: 0, closes: { 1000: 1, 1006: 1, 4000: 1 } })
    expect((await counted()).point).toEqual({
      indexes: [route],
      doubles: [0, 5, 11, 6, expect.any(Number), expect.any(Number), 1, 0, 3, 0, 0, 0, 1, 3, 1],
    })
  })
})
