import { describe, expect, it } from "vitest"
import type { Line } from "../support/dial.ts"
import { closed } from "../support/client.ts"
import { Bill, holdTime, Place } from "../support/durable.ts"

const say = (text: string) => JSON.stringify({ type: "say", text })
const read = async (line: Line, count = 1) =>
  (await line.next(count)).map((frame) => (typeof frame === "string" ? JSON.parse(frame) : frame))

describe("the chat room", () => {
  it.each(["CHAT_ROOM", "HUB_ROOM"] as const)("%s", async (kind) => {
    const place = new Place(kind)
    const ann = await place.dial((kind === "CHAT_ROOM" ? "/" : "/hub-") + "rooms/:id?name=Ann")
    expect(await read(ann)).toEqual([{ type: "joined", name: "Ann" }])
    await place.sleep()
    const bob = await place.dial((kind === "CHAT_ROOM" ? "/" : "/hub-") + "rooms/:id?name=Bob")
    expect(await read(bob)).toEqual([{ type: "joined", name: "Bob" }])
    expect(await read(ann)).toEqual([{ type: "joined", name: "Bob" }])
    await place.sleep()
    bob.send(say("hi"))
    expect(await read(ann)).toMatchObject([{ type: "said", name: "Bob", text: "hi", seq: 1 }])
    expect(await read(bob)).toMatchObject([{ type: "said", name: "Bob", text: "hi", seq: 1 }])
    const bill = await Bill.open(place)
    await place.sleep()
    bob.send(say("ho"))
    expect(await read(ann)).toMatchObject([{ type: "said", name: "Bob", text: "ho", seq: 2 }])
    expect(await read(bob)).toMatchObject([{ type: "said", name: "Bob", text: "ho", seq: 2 }])
    console.log(bill.take())
    const c = await place.dial((kind === "CHAT_ROOM" ? "/" : "/hub-") + "rooms/:id?name=Cal")
    expect(await read(c, 3)).toMatchObject([{ seq: 1 }, { seq: 2 }, { type: "joined", name: "Cal" }])
    await place.sleep()
    c.close(4000)
    expect(await read(c)).toEqual([closed(4000)])
    expect(await read(ann, 2)).toEqual([{ type: "joined", name: "Cal" }, { type: "left", name: "Cal" }])
    await place.sleep()
    bob.send("{}")
    console.log(await read(bob, 3))
    expect(await read(ann, 1)).toEqual([{ type: "left", name: "Bob" }])
    console.log(await place.rows(), await place.alarm())
  })
})
