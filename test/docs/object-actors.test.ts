import { CloseError, Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Failure, oneForOne, Props, Sink, Source, Terminated } from "sluice/actor"
import { type ConnectionInfo, FlowObject, type ObjectNamespace, remoteActor } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"

vi.mock("cloudflare:workers", async (original) => ({ ...(await original<object>()), waitUntil() {} }))

const lines: string[] = []
const log = (line: string) => lines.push(line)

beforeEach(() => void lines.splice(0))
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

// #region watch
type Arrived = { name: string; client: ActorRef<string> }

class Lobby extends Actor<Arrived | Terminated> {
  override state = new Map<string, string>()

  receive(message: Arrived | Terminated) {
    if (message instanceof Terminated) {
      log(`${this.state.get(message.actor.path)} has left`)
      this.state.delete(message.actor.path)
    } else {
      this.state.set(message.client.path, message.name)
      this.context.watch(message.client)
    }
  }
}
// #endregion

class House extends FlowObject<unknown, string> {
  private readonly lobby = this.actor("lobby", Props.of(Lobby))

  protected accept({ data: name }: ConnectionInfo<string>) {
    const { ref: client, source } = Source.actorRef<string>()
    const toLobby = Sink.actorRef<Arrived>(this.lobby, { onInitMessage: { name, client } })
    const nothing = Flow.of<string>().collect((): Arrived | undefined => undefined)
    return webSocket.endpoint(text, Flow.fromSinkAndSource(nothing.to(toLobby), source))
  }
}

it("an actor that watches a client is notified when it has closed, through hibernation of either", async () => {
  const object = new MemoryObject(House)
  const ann = await object.connect("Ann")
  const bob = await object.connect("Bob")
  await object.evict()
  object.close(bob, 1000, "")
  object.close(ann, 1000, "")
  expect(lines).toEqual(["Bob has left", "Ann has left"])
})

// #region expel
type Move = { player: ActorRef<string | Failure>; text: string }

class Arena extends Actor<Move> {
  receive({ player, text }: Move) {
    if (text === "cheat") player.tell(new Failure(new CloseError(4001, "Out")))
    else player.tell(`${text}!`)
  }
}
// #endregion

class Stadium extends FlowObject {
  private readonly arena = this.actor("arena", Props.of(Arena))

  protected accept() {
    const { ref: player, source } = Source.actorRef<string>()
    const moves = Flow.of<string>().map((text): Move => ({ player, text }))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(moves.to(Sink.actorRef(this.arena)), source))
  }
}

it("an actor closes the socket of a client with a code", async () => {
  const object = new MemoryObject(Stadium)
  const player = await object.connect()
  object.send(player, "hey")
  object.send(player, "cheat")
  expect(player.received).toEqual(["hey!", closed(4001, "Out")])
})

// #region object
type Command = "add" | "count"

class Count extends Actor<Command> {
  override state = 0

  receive(command: Command) {
    if (command === "add") this.state++
    else this.context.sender.tell(this.state)
  }
}

/** Counts the messages of all its clients. */
class Counter extends FlowObject {
  private readonly count = this.actor("count", Props.of(Count))

  protected accept() {
    const adding = Flow.of<string>().map((): Command => "add")
    return webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(adding.to(Sink.actorRef(this.count)), Source.never<string>()),
    )
  }
}
// #endregion

// #region far
async function addOne(counters: ObjectNamespace, name: string): Promise<number> {
  const count = remoteActor<Command>(counters, name, "count")
  count.tell("add")
  return await count.ask<number>("count", "1 second")
}
// #endregion

it("an actor of the object receives messages of its clients and of other objects", async () => {
  const object = new MemoryObject(Counter)
  const client = await object.connect()
  object.send(client, "a")
  await object.evict()
  object.send(client, "b")
  expect(await addOne({ getByName: () => far(object) }, "main")).toBe(3)
})

/** Slow calls, in order. */
function far({ instance }: MemoryObject<Counter>): object {
  return {
    sluiceTell: async (name: string, message: unknown) => instance.sluiceTell(name, message),
    sluiceAsk: async (name: string, message: unknown, timeout: number) => instance.sluiceAsk(name, message, timeout),
  }
}

class NotFound extends Error {}

// #region children
class Clerk extends Actor<string> {
  constructor(private readonly name: string) {
    super()
  }

  receive(task: string) {
    if (task === "the lost file") throw new NotFound(task)
    log(`${this.name} did ${task}`)
  }
}

class Office extends Actor<string> {
  override childTypes = { Clerk }
  override state: { clerk?: ActorRef<string> } = {}
  override supervisorStrategy = oneForOne((error) => (error instanceof NotFound ? "resume" : "restart"), {
    maxRestarts: 3,
    within: "1 minute",
  })

  override preStart() {
    this.state = { clerk: this.context.actorOf(Props.of(Clerk, "Ann"), "clerk") }
  }

  receive(task: string) {
    this.state.clerk?.tell(task)
  }
}
// #endregion

class Building extends FlowObject {
  private readonly office = this.actor("office", Props.of(Office))

  protected accept() {
    const toOffice = Sink.actorRef(this.office)
    return webSocket.endpoint(text, Flow.fromSinkAndSource(toOffice, Source.never<string>()))
  }
}

it("children are restored from their class and arguments, and continue after a failure", async () => {
  vi.spyOn(console, "error").mockReturnValue()
  const object = new MemoryObject(Building)
  const client = await object.connect()
  object.send(client, "the mail")
  await object.evict()
  object.send(client, "the lost file")
  object.send(client, "the rest")
  await settled()
  expect(lines).toEqual(["Ann did the mail", "Ann did the rest"])
})
