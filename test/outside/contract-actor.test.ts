import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { logSoFar, Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { logged } from "../support/worker-log.ts"

/** A flow that is an actor, and how the two end with each other. */
describe.each(targets)("an actor on the $name target", ({ path }) => {
  async function start() {
    const observer = await Observer.start()
    const client = await RawClient.connect(observer.url(`${path}/actor`))
    expect(await observer.next()).toBe("started")
    expect(await client.send(frame.text("hi")).next()).toEqual(frame.text("hi"))
    return { observer, client }
  }

  it.each(["terminate", "be poisoned"])("row 32: that is told to %s closes with 1000", async (end) => {
    const { observer, client } = await start()
    client.send(frame.text("one"), frame.text(end), frame.text("too late"))
    expect(await client.take(3)).toEqual([frame.text("one"), frame.text(end), frame.close(1000)])
    expect(await client.send(frame.text("much too late"), frame.close(1000)).rest()).toEqual([])
    expect(await observer.rest()).toEqual(["stopped"])
  })

  it("row 33: that throws closes with 1011, and its postStop runs", async () => {
    const { observer, client } = await start()
    client.send(frame.text("one"), frame.text("throw it"), frame.text("too late"))
    expect(await client.take(3)).toEqual([frame.text("one"), frame.text("throw it"), frame.close(1011)])
    expect(await client.send(frame.close(1011)).rest()).toEqual([])
    expect(await observer.rest()).toEqual(["stopped"])
  })

  it("row 33: that throws is logged once, with the cause, and touches no other", async () => {
    const [other, failing] = [await start(), await start()]
    const word = randomUUID()
    failing.client.send(frame.text(`throw ${word}`), frame.text(`throw ${word}`))
    expect(await failing.client.take(2)).toEqual([frame.text(`throw ${word}`), frame.close(1011)])
    await logged(inject("contractLog"), new RegExp(word))
    const lines = (await logSoFar()).split("\n").filter((line) => line.includes(word))
    expect(lines).toEqual([expect.stringContaining("A part was missing")])
    expect(await other.client.send(frame.text("still here")).next()).toEqual(frame.text("still here"))
    expect(await other.observer.rest()).toEqual([])
  })

  const causes: { cause: string; end: (client: RawClient) => unknown }[] = [
    { cause: "a close with a code", end: (client) => client.send(frame.close(4000, "bye")) },
    { cause: "a close without one", end: (client) => client.send(frame.close()) },
    { cause: "a frame that is not allowed", end: (client) => client.send(frame.binary(1), frame.close(1003)) },
    { cause: "the end of the connection", end: ({ socket }) => socket.end() },
    { cause: "a connection that is lost", end: ({ socket }) => socket.resetAndDestroy() },
  ]

  it.each(causes)("row 34: stops once with $cause", async ({ end }) => {
    const { observer, client } = await start()
    end(client)
    expect(await observer.next()).toBe("stopped")
    // The rest of the connection, if there is any, makes no difference.
    client.socket.destroy()
    expect(await observer.rest()).toEqual([])
  })
})
