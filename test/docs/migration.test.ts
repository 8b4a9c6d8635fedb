import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source } from "sluice/actor"
import { type ActorSnapshot, FlowObject, type Snapshot } from "sluice/durable"
import * as v from "valibot"
import { afterEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

/** A cell, before: a number. */
class OldSettings extends FlowObject {
  protected readonly volume = this.cell<unknown>("volume", 5, v.number())

  protected accept() {
    const flow = Flow.of<string>().map((message) => {
      if (message !== "?") this.volume.set(Number(message))
      return JSON.stringify(this.volume.get())
    })
    return webSocket.endpoint(text, flow)
  }
}

class Settings extends FlowObject {
  // #region cell
  private readonly volume = this.cell(
    "volume",
    { left: 5, right: 5 },
    {
      schema: v.object({ left: v.number(), right: v.number() }),
      // Until a deploy in May a volume was one number.
      migrate: (stored) => ({ left: Number(stored), right: Number(stored) }),
    },
  )
  // #endregion

  protected accept() {
    return webSocket.endpoint(
      text,
      Flow.of<string>().map(() => JSON.stringify(this.volume.get())),
    )
  }
}

it("a cell migrates a value that its schema refuses", async () => {
  const object = new MemoryObject<FlowObject>(OldSettings)
  const client = await object.connect()
  object.send(client, "7")
  await object.deploy(Settings)
  object.send(client, "?")
  expect(client.received).toEqual(["7", '{"left":7,"right":7}'])
})

const counting = () =>
  Flow.of<string>()
    .scan(0, (count) => count + 1)
    .map(String)

class OldCounter extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, counting())
  }
}

// #region flow
const letters = () =>
  Flow.of<string>()
    .scan({ messages: 0, letters: 0 }, (sum, message) => ({
      messages: sum.messages + 1,
      letters: sum.letters + message.length,
    }))
    .map(({ messages, letters }) => `${messages} messages, ${letters} letters`)

export class Counter extends FlowObject {
  protected accept() {
    // The steps are the same as before, when the state was a number, so only the version differs.
    return webSocket.endpoint(text, letters(), { version: 2 })
  }
}
// #endregion

class MigratingCounter extends Counter {
  // #region migrate
  /** Of the two steps `scan` alone keeps something: a list of its value. */
  protected override migrate(snapshot: Snapshot): Snapshot | undefined {
    return snapshot.map(([position, closed, due, state]) => {
      const [messages] = v.parse(v.tuple([v.number()]), state)
      return [position, closed, due, [{ messages, letters: 0 }]]
    })
  }
  // #endregion
}

it.each([
  { type: Counter, last: closed(1012, "The service has changed") },
  { type: MigratingCounter, last: "2 messages, 5 letters" },
])("a flow of another version is closed with 1012, or migrates: $type.name", async ({ type, last }) => {
  const object = new MemoryObject<FlowObject>(OldCounter)
  const client = await object.connect()
  object.send(client, "hi")
  await object.deploy(type)
  object.send(client, "hello")
  expect(client.received.at(-1)).toEqual(last)
})

interface Vote {
  name: string
  voter: ActorRef<string>
}

class OldPoll extends Actor<Vote> {
  override state = 0

  receive({ voter }: Vote) {
    this.state++
    voter.tell(`${this.state}`)
  }
}

class Poll extends Actor<Vote> {
  override state: { count: number; names: string[] } = { count: 0, names: [] }

  receive({ name, voter }: Vote) {
    this.state.count++
    this.state.names.push(name)
    voter.tell(JSON.stringify(this.state))
  }
}

abstract class Voting extends FlowObject {
  protected abstract readonly poll: ActorRef<Vote>

  protected accept() {
    const { ref: voter, source } = Source.actorRef<string>()
    const votes = Flow.of<string>().map((name): Vote => ({ name, voter }))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(votes.to(Sink.actorRef(this.poll)), source))
  }
}

class OldVoting extends Voting {
  protected readonly poll = this.actor("poll", Props.of(OldPoll))
}

class NewVoting extends Voting {
  // #region actor
  protected readonly poll = this.actor("poll", Props.of(Poll), {
    version: 2,
    // Until version 2 the state was the count alone.
    migrate: (snapshot: ActorSnapshot) => ({ ...snapshot, state: { count: Number(snapshot.state), names: [] } }),
  })
  // #endregion
}

it("an actor of another version migrates", async () => {
  const object = new MemoryObject<FlowObject>(OldVoting)
  const client = await object.connect()
  object.send(client, "Ann")
  await object.deploy(NewVoting)
  object.send(client, "Bob")
  expect(client.received).toEqual(["1", '{"count":2,"names":["Bob"]}'])
})
