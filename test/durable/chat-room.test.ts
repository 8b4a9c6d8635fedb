import { beforeEach, describe, expect, it } from "vitest"
import { eventsUntil, joined, kinds, left, Room, said, say, seqsIn } from "../support/chat.ts"
import { RemoteClients } from "../support/remote-clients.ts"

const numbers = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index)

describe.each(kinds)("%s, hibernating between every two steps", (kind) => {
  let room: Room

  beforeEach(() => {
    room = new Room(kind)
  })

  it("sends each message to all clients, numbered from 1", async () => {
    const [ann, bob] = [await room.join("ann"), await room.join("bob")]
    await ann.say("hi")
    await bob.say("ho", "hm")
    const talk = [joined("bob"), said("ann", "hi", 1), said("bob", "ho", 2), said("bob", "hm", 3)]
    expect(await ann.next(5)).toEqual([joined("ann"), ...talk])
    expect(await bob.next(4)).toEqual(talk)
  })

  it("sends the time of each message", async () => {
    const ann = await room.join("ann")
    await ann.next()
    const before = Date.now()
    await ann.say("hi")
    const [frame] = await ann.line.next()
    const { at } = JSON.parse(String(frame))
    expect(at).toBeGreaterThanOrEqual(before)
    expect(at).toBeLessThanOrEqual(Date.now())
  })

  it("sends a new member all earlier messages, and then its own arrival", async () => {
    const ann = await room.join("ann")
    await ann.say("one")
    await ann.say("two")
    const bob = await room.join("bob")
    expect(await bob.next(3)).toEqual([said("ann", "one", 1), said("ann", "two", 2), joined("bob")])
  })

  it("sends a new member the last 50 messages", async () => {
    const ann = await room.join("ann")
    await ann.say(...numbers(51).map(String))
    await ann.next(52)
    const bob = await room.join("bob")
    expect(await bob.next(51)).toEqual([...numbers(50, 2).map((seq) => said("ann", `${seq}`, seq)), joined("bob")])
  })

  it("has no gap and no duplicate for a client that joins during a burst", async () => {
    const ann = await room.join("ann")
    for (const round of numbers(5, 0)) {
      const [before, after] = [numbers(20, round * 40 + 1), numbers(20, round * 40 + 21)]
      await ann.say(...before.map(String))
      const joining = ["bob", "cal"].map((name) => room.object.dial(room.pathFor(name)))
      ann.line.send(...after.map((seq) => say(`${seq}`)))
      for (const line of await Promise.all(joining)) {
        const seqs = seqsIn(await eventsUntil(line, round * 40 + 40))
        expect(seqs).toEqual(numbers(seqs.length, seqs[0]))
        // The last 50 messages are a part of it, or as many as there are.
        expect(seqs[0]).toBeLessThanOrEqual(Math.max(1, round * 40 - 9))
      }
    }
  })

  it("keeps counting after all clients have left", async () => {
    const ann = await room.join("ann")
    await ann.say("one")
    await ann.next(2)
    await ann.leave()
    const bob = await room.join("bob")
    await bob.say("two")
    expect(await bob.next(3)).toEqual([said("ann", "one", 1), joined("bob"), said("bob", "two", 2)])
  })

  it("announces each join and each leave once", async () => {
    const ann = await room.join("ann")
    const bob = await room.join("bob")
    await bob.next()
    await bob.leave()
    await ann.say("alone")
    expect(await ann.next(4)).toEqual([joined("ann"), joined("bob"), left("bob"), said("ann", "alone", 1)])
  })

  it("counts two members of the same name as two", async () => {
    const ann = await room.join("ann")
    const [one, two] = [await room.join("bob"), await room.join("bob")]
    await one.next(2)
    await one.leave()
    await two.say("still here")
    const events = [joined("ann"), joined("bob"), joined("bob"), left("bob"), said("bob", "still here", 1)]
    expect(await ann.next(5)).toEqual(events)
    expect(await two.next(3)).toEqual(events.slice(2))
  })

  it("announces the leave of a vanished client", async () => {
    const ann = await room.join("ann")
    const clients = new RemoteClients()
    await room.object.sleep()
    await clients.dial(room.pathFor("bob"))
    await room.object.sleep()
    await clients.vanish()
    expect(await ann.next(3)).toEqual([joined("ann"), joined("bob"), left("bob")])
    await ann.say("alone")
    expect(await ann.next()).toEqual([said("ann", "alone", 1)])
  })
})
