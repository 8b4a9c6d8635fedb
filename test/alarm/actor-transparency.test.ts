import fc from "fast-check"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { ActorFlow, oneForOne, Props, Sink, Source } from "../../src/actor.ts"
import { type ConnectionContext, FlowObject } from "../../src/durable.ts"
import { Flow, text, webSocket } from "../../src/index.ts"
import { setLogger } from "../../src/stream/logger.ts"
import { settled } from "../../src/testing/settled.ts"
import { CommandActor, directiveOf, journal, pendingAsks, shown } from "../actor/command-actor.ts"
import { type Command, scripts, type TestEvent } from "../actor/commands.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

const commands = text.map((line): Command => JSON.parse(line)).contramap(shown)
const shapes = ["member", "slow member", "nested member", "actor", "slow actor", "nested actor"] as const
const say: Command = { do: "say" }
type Shape = (typeof shapes)[number]

/** The command actor of the object: it tells its messages to every watched actor. */
class Lead extends CommandActor {
  protected override say(text: string): void {
    this.context.watched.tell(text)
  }
}

/** The command actor of a connection. It joins the one of the object. */
class Guest extends CommandActor {
  override preStart(): void {
    super.preStart()
    this.boss?.tell({ do: "join", member: this.self })
  }
}

/** An object with a command actor, whose connections are plain clients or command actors. */
class Theatre extends FlowObject<unknown, Shape> {
  private readonly lead = this.actor("lead", Props.of(Lead), { supervisorStrategy: oneForOne(directiveOf) })

  protected accept({ data }: ConnectionContext<Shape>) {
    return webSocket.endpoint(commands, this.flowOf(data), { onError: () => {} })
  }

  private flowOf(shape: Shape): Flow<Command, string> {
    // The source of a nested flow that is not coupled goes on until the socket has been closed for 30 seconds.
    const member = () => this.member(shape === "nested member" ? Flow.fromSinkAndSourceCoupled : Flow.fromSinkAndSource)
    const flow = shape.endsWith("member") ? member() : this.guest()
    if (shape.startsWith("nested")) return Flow.of<Command>().flatMapPrefix(0, (_, rest) => rest.via(flow))
    return shape.startsWith("slow") ? flow.throttle(1, 15) : flow
  }

  private member(join: typeof Flow.fromSinkAndSource): Flow<Command, string> {
    const { ref, source } = Source.actorRef<string>({ bufferSize: 2, overflow: "dropHead" })
    const toLead = Sink.actorRef(this.lead, {
      onInitMessage: { do: "join", member: ref },
      onCompleteMessage: say,
      onFailureMessage: () => say,
    })
    return join(toLead, source)
  }

  private guest(): Flow<Command, string> {
    return ActorFlow.actorRef((out) => Props.of(Guest, out, this.lead), { bufferSize: 2, overflow: "dropHead" })
  }
}

beforeEach(() => {
  setLogger(() => {})
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function apply({ kind, command, value }: TestEvent, object: MemoryObject<Theatre>, socket: MemorySocket): void {
  if (kind === "send") object.send(socket, JSON.stringify(command))
  if (kind === "advance") object.advance(value * 5)
  if (kind === "stall") object.stall(value * 5)
  if (kind === "close") object.close(socket, 4000 + value, "")
  if (kind === "vanish") object.close(socket, 1006, "")
}

/** The messages of the clients and the journals of the actors, after each event. */
async function observe(kinds: readonly Shape[], script: readonly TestEvent[], sleeps: boolean) {
  // Of two timers at one time the one with the lesser id comes first.
  let ids = 0
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => `0-0-0-0-${ids++}`)
  journal.clear()
  pendingAsks.clear()
  const object = new MemoryObject(Theatre)
  const sockets: MemorySocket[] = []
  for (const kind of kinds) sockets.push(await object.connect(kind))
  const seen: unknown[] = []
  for (const event of script) {
    apply(event, object, sockets[event.client] as MemorySocket)
    await settled()
    if (event.sleeps && sleeps && pendingAsks.size === 0) await object.evict()
    else if (event.sleeps) object.stall(1)
    seen.push(structuredClone({ received: sockets.map(({ received }) => received), did: journal }))
  }
  return seen
}

it("clients cannot observe the hibernation of an object's actors", { timeout: 120_000 }, async () => {
  const kinds = fc.tuple(fc.constantFrom(...shapes), fc.constantFrom(...shapes))
  const property = fc.asyncProperty(kinds, scripts, async (kinds, script) => {
    expect(await observe(kinds, script, true)).toEqual(await observe(kinds, script, false))
  })
  await fc.assert(property, { numRuns: 3_000 })
})

describe("former bugs of hibernation stay fixed:", () => {
  const sent = (command: Command, sleeps = true): TestEvent => ({ kind: "send", client: 0, command, value: 0, sleeps })
  const gone: TestEvent = { kind: "close", client: 1, command: say, value: 0, sleeps: true }
  const stories: [string, TestEvent[]][] = [
    ["a client gets a PoisonPill as a message", [sent(say), sent({ do: "poison", who: "known" })]],
    ["a client gets a Failure as a message", [sent(say), sent({ do: "fail", who: "known" })]],
    ["an actor has a state that was removed", [sent({ do: "know", who: "self" }), sent({ do: "forget" }), sent(say)]],
    [
      "a stopped actor is notified of the actors that it watched",
      [sent(say), sent({ do: "throw", directive: "stop" }), gone],
    ],
    ["an actor is notified of an unwatched actor", [sent(say), sent({ do: "unwatch", who: "known" }), gone]],
  ]

  it.each(stories)("%s", async (_, script) => {
    for (const shape of shapes) {
      expect(await observe(["member", shape], script, true)).toEqual(await observe(["member", shape], script, false))
    }
  })
})
