import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, Props } from "sluice/actor"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { countingBuilds, newWorld } from "../support/durable-worker/world.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

interface Message {
  from: ActorRef<string>
  text: string
}

/** Watches its members, and broadcasts their messages to them. */
class Room extends Actor<Message> {
  receive({ from, text }: Message) {
    const { watched } = this.context
    const [other] = [...watched].filter(({ path }) => path !== from.path)
    if (text === "join") this.context.watchWith(from, { from, text: "left" })
    else if (text === "each") for (const member of watched) member.tell(text)
    else if (text === "two" && other) watched.tell(text, { except: [from, other] })
    else watched.tell(text, { except: from })
  }
}

let object: MemoryObject<Scripted>
let members: MemorySocket[]

let first: string | undefined

beforeEach(() => {
  logged()
  first = undefined
  script(({ hub, actor }) => {
    const news = hub<string>("news")
    const room = actor("room", Props.of(Room))
    return {
      accept({ id, data }) {
        first ??= id
        if (data === "room") {
          const member = ActorSource.actorRef<string>()
          const sink = ActorSink.actorRef(room, { onInitMessage: { from: member.ref, text: "join" } })
          const say = Flow.of<string>().map((text) => ({ from: member.ref, text }))
          return countingBuilds(webSocket.endpoint(text, Flow.fromSinkAndSource(say.to(sink), member.source)))
        }
        const others = Sink.forEach((text: string) =>
          news.publish(text, { except: text === "two" && first ? [id, first] : id }),
        )
        return countingBuilds(webSocket.endpoint(text, Flow.fromSinkAndSource(others, news.source())))
      },
    }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

const taken = () => members.map(({ received }) => received.splice(0))

describe.each(["hub", "room"])("a message of a member of a %s to all others (fault 33)", (kind) => {
  beforeEach(async () => {
    members = []
    for (let n = 0; n < 3; n++) members.push(await object.connect(kind))
  })

  const say = (member: number, text: string) => object.send(members[member] as MemorySocket, text)

  it("reaches all but its sender", () => {
    say(1, "hello")
    expect(taken()).toEqual([["hello"], [], ["hello"]])
  })

  it("reaches hibernating members, and restores neither them nor the excluded ones", async () => {
    await object.evict()
    const world = newWorld()
    say(1, "hello")
    expect(taken()).toEqual([["hello"], [], ["hello"]])
    say(1, "two")
    expect(taken().toSorted()).toEqual([[], [], ["two"]])
    // The sender's.
    expect(world.built).toBe(1)
  })
})

it("each ref of context.watched can be told (fault 33)", async () => {
  members = [await object.connect("room"), await object.connect("room")]
  await object.evict()
  const world = newWorld()
  object.send(members[0] as MemorySocket, "each")
  expect(taken()).toEqual([["each"], ["each"]])
  expect(world.built).toBe(1)
})
