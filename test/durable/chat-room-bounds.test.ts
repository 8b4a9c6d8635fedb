import { describe, expect, it, vi } from "vitest"
import { joined, kinds, left, Room, said, say } from "../support/chat.ts"
import { closed } from "../support/client.ts"
import { TestObject } from "../support/test-object.ts"

describe.each(kinds)("%s, hibernating between every two steps", (kind) => {
  const refused = expect.stringMatching(/^\[\{"path":"/)

  it.each([
    { what: "what is not JSON", frame: "hello", reason: "Unable to parse json message" },
    { what: "a binary frame that is not JSON", frame: new Uint8Array([255]), reason: "Unable to parse json message" },
    { what: "another type", frame: '{"type":"shout","text":"hi"}', reason: refused },
    { what: "no text", frame: '{"type":"say"}', reason: refused },
    { what: "an empty text", frame: say(""), reason: refused },
    { what: "half a character", frame: '{"type":"say","text":"\\ud800"}', reason: refused },
    { what: "a text of 2,001 characters", frame: say("x".repeat(2_001)), reason: refused },
  ])("closes with 1003 a client that sends $what, and no other client", async ({ frame, reason }) => {
    vi.spyOn(console, "error").mockImplementation(() => {})
    const room = new Room(kind)
    const [ann, bob] = [await room.join("ann"), await room.join("bob")]
    await room.object.sleep()
    bob.line.send(frame, say("too late"))
    expect(await bob.next(2)).toEqual([joined("bob"), closed(1003, reason)])
    await ann.say("hi")
    expect(await ann.next(4)).toEqual([joined("ann"), joined("bob"), left("bob"), said("ann", "hi", 1)])
  })

  it("takes a text of 2,000 characters", async () => {
    const ann = await new Room(kind).join("ann")
    await ann.say("x".repeat(2_000))
    expect(await ann.next(2)).toEqual([joined("ann"), said("ann", "x".repeat(2_000), 1)])
  })

  it("writes one row for each message, and none for joining and leaving", async () => {
    const room = new Room(kind)
    const [ann, bob] = [await room.join("ann"), await room.join("bob")]
    const saying = async () => {
      await ann.say("one", "two", "three")
      await Promise.all([ann.next(5), bob.next(4)])
    }
    expect(await room.rowsWrittenBy(saying)).toBe(3)
    expect(await room.rowsWrittenBy(() => bob.leave().then(() => ann.next()))).toBe(0)
    expect(await room.rowsWrittenBy(() => room.join("cal").then((cal) => cal.next(4)))).toBe(0)
  })

  it("sends texts unchanged", async () => {
    const room = new Room(kind)
    const [name, text] = ["Ä'; DROP TABLE said; --", "😀\u0000\n"]
    const ann = await room.join(name)
    await ann.say(text)
    await ann.next(2)
    const bob = await room.join("bob")
    expect(await bob.next(2)).toEqual([said(name, text, 1), joined("bob")])
  })

  it("shares nothing with nine other rooms", async () => {
    const rooms = Array.from({ length: 10 }, () => new Room(kind))
    const members = await Promise.all(rooms.map((room, index) => room.join(`member ${index}`)))
    await Promise.all(members.map((member, index) => member.say(`in ${index}`)))
    const events = await Promise.all(members.map((member) => member.next(2)))
    expect(events).toEqual(members.map((_, n) => [joined(`member ${n}`), said(`member ${n}`, `in ${n}`, 1)]))
    await Promise.all(members.map((member) => member.leave()))
  })

  it("keeps only the messages when all clients have left", async () => {
    const room = new Room(kind)
    const [ann, bob] = [await room.join("ann"), await room.join("bob")]
    await ann.say("hi")
    await bob.next(2)
    await bob.leave()
    await ann.next(4)
    await ann.leave()
    await room.object.sleep()
    expect(await room.object.alarm()).toBeNull()
    const message = "sluice:hub:said:0"
    expect(await room.object.rows()).toEqual(kind === "CHAT_ROOM" ? ["sluice:actor:room", message] : [message])
    expect(await room.history()).toMatchObject([{ name: "ann", text: "hi", seq: 1 }])
    expect(await room.object.inside((_, state) => state.getWebSockets().length)).toBe(0)
  })
})

describe("/rooms/:room", () => {
  const ask = (name: string | undefined, room = "here") =>
    new TestObject("CHAT_ROOM").dial(`/rooms/${room}${name === undefined ? "" : `?name=${encodeURIComponent(name)}`}`)

  it.each([undefined, "", "x".repeat(33), "an\nn"])("refuses the name %j", (name) =>
    expect(ask(name)).rejects.toThrow("400"),
  )

  it.each(["x", "ä".repeat(32)])("takes the name %j", async (name) => {
    expect(await (await ask(name, `called-${name.length}`)).next()).toEqual([JSON.stringify(joined(name))])
  })

  it("refuses a room whose name has more than 64 characters", () =>
    expect(ask("ann", "x".repeat(65))).rejects.toThrow("400"))

  it("takes a room whose name has 64", async () => {
    expect(await (await ask("ann", "x".repeat(64))).next()).toEqual([JSON.stringify(joined("ann"))])
  })
})
