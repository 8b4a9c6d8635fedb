import fc from "fast-check"
import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source, type Terminated } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

/** How often a flow was built. */
let built: number

beforeEach(() => {
  logged()
  built = 0
})
afterEach(() => vi.useRealTimers())

type Member = ActorRef<string>

class Room extends Actor<string | { member: Member } | Terminated> {
  receive(message: string | { member: Member } | Terminated) {
    if (typeof message === "string") this.context.watched.tell(message)
    else if ("member" in message) this.context.watch(message.member)
  }
}

/** Its members get the kept elements of a hub, and the messages of the actor, through one junction; "slow" ones are throttled. */
class House extends FlowObject<unknown, string> {
  readonly kept = this.hub<string>("kept", { keep: 100 })
  readonly room = this.actor("room", Props.of(Room))

  protected accept({ data }: { data: string }) {
    const member = Source.actorRef<string>()
    const join = Flow.of<string>().to(
      Sink.actorRef<string | { member: Member }>(this.room, { onInitMessage: { member: member.ref } }),
    )
    const joined = this.kept.source({ last: 5 }).mergePreferred(member.source)
    const news = data === "slow" ? joined.throttle(1, "1 minute", { burst: 1 }) : joined
    const endpoint = webSocket.endpoint(text, Flow.fromSinkAndSource(join, news))
    const connection: typeof endpoint.connection = (...args) => {
      built++
      return endpoint.connection(...args)
    }
    return { ...endpoint, connection }
  }
}

const said = (object: MemoryObject<House>, step: "hub" | "actor", n: number) =>
  step === "hub" ? object.instance.kept.publish(`hub ${n}`) : object.instance.room.tell(`actor ${n}`)

describe("a junction that prefers one of two sources", () => {
  it("passes elements of both to hibernating sockets without restoring their flows", async () => {
    const object = new MemoryObject(House)
    const members = [await object.connect("a"), await object.connect("b")]
    await object.evict()
    built = 0
    said(object, "hub", 1)
    said(object, "actor", 2)
    await object.evict()
    said(object, "hub", 3)
    expect(built).toBe(0)
    for (const { received } of members) expect(received).toEqual(["hub 1", "actor 2", "hub 3"])
  })

  it("restores a flow whose socket cannot take the element yet", async () => {
    const object = new MemoryObject(House)
    const slow = await object.connect("slow")
    for (const n of [1, 2]) said(object, "hub", n)
    await object.evict()
    built = 0
    said(object, "actor", 3)
    expect(built).toBe(1)
    for (let minute = 0; minute < 3; minute++) object.advance(60_000)
    expect(slow.received.toSorted()).toEqual(["actor 3", "hub 1", "hub 2"])
  })

  it("cannot be observed by a client, for any order of messages, elements and evictions", async () => {
    const step = fc.constantFrom("hub" as const, "actor" as const, "send" as const, "join" as const, "evict" as const)
    const observe = async (script: readonly string[], sleeps: boolean) => {
      const object = new MemoryObject(House)
      const members: MemorySocket[] = [await object.connect("a")]
      for (const [n, next] of script.entries()) {
        if (next === "hub" || next === "actor") said(object, next, n)
        if (next === "join") members.push(await object.connect("b"))
        if (next === "send") object.send(members[n % members.length] as MemorySocket, `member ${n}`)
        if (next === "evict" && sleeps) await object.evict()
        else object.stall(1)
      }
      return members.map(({ received }) => received)
    }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (script) => {
        expect(await observe(script, true)).toEqual(await observe(script, false))
      }),
      { numRuns: 300 },
    )
  })
})
