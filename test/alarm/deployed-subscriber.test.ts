import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, Props, Terminated } from "sluice/actor"
import { type ConnectionInfo, FlowObject, type Snapshot } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** The release that is deployed. */
let release = 1
let migrates = false

class Room extends Actor<string | { member: ActorRef<string> } | Terminated> {
  receive(message: string | { member: ActorRef<string> } | Terminated) {
    if (typeof message === "string") this.context.watched.tell(message)
    else if (!(message instanceof Terminated)) this.context.watch(message.member)
  }
}

/** The second release has a step more between the hub or the actor and the client. */
class House extends FlowObject<unknown, string> {
  readonly news = this.hub<string>("news")
  readonly room = this.actor("room", Props.of(Room))

  protected accept({ data }: ConnectionInfo<string>) {
    const member = ActorSource.actorRef<string>()
    const join = ActorSink.actorRef<{ member: ActorRef<string> }>(this.room, { onInitMessage: { member: member.ref } })
    const source = data === "hub" ? this.news.source() : member.source
    const sink =
      data === "hub"
        ? Sink.ignore()
        : Flow.of<string>()
            .map(() => ({ member: member.ref }))
            .to(join)
    const shown = release === 1 ? source : source.map((text) => `new ${text}`)
    return webSocket.endpoint(text, Flow.fromSinkAndSource(sink, shown))
  }

  protected override migrate(snapshot: Snapshot) {
    return migrates ? snapshot : undefined
  }
}

beforeEach(() => {
  logged()
  release = 1
  migrates = false
})
afterEach(() => vi.useRealTimers())

describe.each(["hub", "actor"])(
  "a hibernating client that a %s sends to directly, after a deploy with another flow",
  (kind) => {
    const received = async () => {
      const object = new MemoryObject(House)
      const client = await object.connect(kind)
      const say = (text: string) =>
        kind === "hub" ? object.instance.news.publish(text) : object.instance.room.tell(text)
      say("a")
      release = 2
      await object.evict()
      say("b")
      return client.received
    }

    it("is closed with 1012 (row 29)", async () =>
      expect(await received()).toEqual(["a", closed(1012, "The service has changed")]))

    it("gets what the migrated flow makes of it", async () => {
      migrates = true
      expect(await received()).toEqual(["a", "new b"])
    })
  },
)
