import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, type ActorRef, Sink as ActorSink, Source as ActorSource, Props } from "sluice/actor"
import { remoteActor } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Answers with its member. */
class Room extends Actor<ActorRef<string> | "which"> {
  receive(message: ActorRef<string> | "which") {
    const [member] = this.context.watched
    if (message !== "which") this.context.watchWith(message, message)
    else if (member) this.context.sender.tell(member)
  }
}

let errors: LogEntry[]
let object: MemoryObject<Scripted>
let room: ActorRef<ActorRef<string> | "which">
/** The effect of a message in another object. */
let sluiceTell: () => Promise<void>

beforeEach(() => {
  errors = logged()
  sluiceTell = async () => {}
  const far = remoteActor<unknown>({ getByName: () => ({ sluiceTell: () => sluiceTell() }) }, "other", "counter")
  script(({ actor }) => {
    room = actor("room", Props.of(Room))
    return {
      accept({ data }) {
        if (data === "far")
          return webSocket.endpoint(
            text,
            Flow.of<string>().alsoTo(Sink.forEach((text) => far.tell(text === "symbol" ? Symbol(text) : text))),
          )
        const member = ActorSource.actorRef<string>()
        const sink = ActorSink.actorRef(room, { onInitMessage: member.ref })
        return webSocket.endpoint(
          text,
          Flow.fromSinkAndSource(
            Flow.of<string>()
              .map(() => member.ref)
              .to(sink),
            member.source,
          ),
        )
      },
    }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

describe("a change outside the events of flows is an event of its own (fault 40):", () => {
  it("a message to the client of a hibernating connection is sent at once", async () => {
    const client = await object.connect("room")
    await object.evict()
    const member = await room.ask<ActorRef<string>>("which", "1 second")
    member.tell("hello")
    expect(client.received).toEqual(["hello"])
  })

  it("an attachment that cannot be read closes its socket at once", async () => {
    const [client, other] = [await object.connect("room"), await object.connect("room")]
    await object.evict()
    client.serializeAttachment({ user: "ada" })
    expect([...object.instance.tools.connections]).toHaveLength(1)
    expect([client.received, other.received]).toEqual([[closed(1012, "The service has changed")], []])
  })
})

describe("an effect that fails (fault 1)", () => {
  it("does not prevent the others, and is logged", async () => {
    const client = await object.connect("far")
    sluiceTell = () => {
      throw new Error("The other object is gone")
    }
    object.send(client, "a")
    expect(client.received).toEqual(["a"])
    expect(errors.map(({ cause }) => String(cause))).toEqual(["Error: The other object is gone"])
  })

  it("fails its flow if the message cannot be sent (fault I)", async () => {
    const client = await object.connect("far")
    object.send(client, "symbol")
    expect(client.received.at(-1)).toEqual(closed(1011))
    expect(errors.map(({ cause }) => String(cause))).toEqual([
      "TypeError: The message for //other/counter must be what structured clone takes: message is a symbol (Symbol(symbol))",
    ])
  })
})
