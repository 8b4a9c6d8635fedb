import { beforeEach, describe, expect, it } from "vitest"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { TestObject } from "../support/test-object.ts"

const left = (code: number, reason = "") => JSON.stringify({ left: { code, reason } })

describe("/control, hibernating between every two messages", () => {
  let place: TestObject
  let one: Line
  let other: Line

  beforeEach(async () => {
    place = new TestObject("CONTROL")
    one = await place.dial("/control/:id")
    other = await place.dial("/control/:id")
    await place.sleep()
  })

  it.each([
    [1000, "bye"],
    [4001, "mine"],
    [3000, ""],
  ])("sends that a client closed with %i", async (code, reason) => {
    one.close(code, reason)
    expect(await one.next()).toEqual([closed(code, reason)])
    expect(await other.next()).toEqual([left(code, reason)])
  })

  it("sends that a client closed without a code", async () => {
    one.close()
    expect(await one.next()).toEqual([closed(1005)])
    expect(await other.next()).toEqual([left(1005)])
  })

  it("sends that a client was lost", async () => {
    await place.inside((object, state) => {
      const [socket] = state.getWebSockets()
      if (socket) object.webSocketClose(socket, 1006, "")
    })
    expect(await one.next()).toEqual([left(1006)])
  })

  it("notifies the remaining clients, and continues", async () => {
    const third = await place.dial("/control/:id")
    await place.sleep()
    one.close(4001, "first")
    await one.next()
    await place.sleep()
    other.close(4002, "second")
    expect(await third.next(2)).toEqual([left(4001, "first"), left(4002, "second")])
    expect(await other.next(2)).toEqual([left(4001, "first"), closed(4002, "second")])
  })
})
