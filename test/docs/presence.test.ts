import { Flow, json, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source, Terminated } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import * as v from "valibot"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region presence
const Status = v.object({ status: v.picklist(["here", "away"]) })
type Status = v.InferOutput<typeof Status>
type Member = { user: string } & Status
type Changed = Member & { client: ActorRef<Member[]> }

/** Sends all clients the list of members, each time that it changes. */
class Presence extends Actor<Changed | Terminated> {
  override state = new Map<string, Member>()

  receive(message: Changed | Terminated) {
    if (message instanceof Terminated) this.state.delete(message.actor.path)
    else {
      const { user, status, client } = message
      this.state.set(client.path, { user, status })
      this.context.watch(client)
    }
    this.context.watched.tell([...this.state.values()])
  }
}

export class Team extends FlowObject<unknown, { user: string }> {
  private readonly presence = this.actor("presence", Props.of(Presence))

  protected accept({ data: { user } }: ConnectionContext<{ user: string }>) {
    const { ref: client, source } = Source.actorRef<Member[]>()
    const changes = Flow.of<Status>().map(({ status }): Changed => ({ user, status, client }))
    const toPresence = Sink.actorRef(this.presence, { onInitMessage: { user, status: "here", client } })
    return webSocket.endpoint(json(Status), Flow.fromSinkAndSource(changes.to(toPresence), source))
  }
}
// #endregion

it("members receive arrivals, changes and departures, hibernating or not", async () => {
  const object = new MemoryObject(Team)
  const ann = await object.connect({ user: "Ann" })
  const bob = await object.connect({ user: "Bob" })
  object.send(bob, '{"status":"away"}')
  await object.evict()
  object.close(bob, 1000, "")
  expect(ann.received.map((frame) => JSON.parse(String(frame)))).toEqual([
    [{ user: "Ann", status: "here" }],
    [
      { user: "Ann", status: "here" },
      { user: "Bob", status: "here" },
    ],
    [
      { user: "Ann", status: "here" },
      { user: "Bob", status: "away" },
    ],
    [{ user: "Ann", status: "here" }],
  ])
})

it("members of before a crash are in no list after it, whether or not the object has slept since", async () => {
  const object = new MemoryObject(Team)
  await object.connect({ user: "Ann" })
  await object.connect({ user: "Bob" })
  await object.crash()
  const eve = await object.connect({ user: "Eve" })
  await object.evict()
  await object.connect({ user: "Zoe" })
  expect(eve.received.map((frame) => JSON.parse(String(frame)))).toEqual([
    [{ user: "Eve", status: "here" }],
    [
      { user: "Eve", status: "here" },
      { user: "Zoe", status: "here" },
    ],
  ])
})
