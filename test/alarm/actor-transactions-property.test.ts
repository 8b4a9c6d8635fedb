import fc from "fast-check"
import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Terminated } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

const hubs = ["plain", "kept", "paced", "parted"] as const
const actors = ["one", "two"] as const

/** What an actor or the object does. `many` starts more timers than fit into the row of an actor. */
type Command =
  | { do: "publish"; hub: (typeof hubs)[number] }
  | { do: "set" | "stop" | "fail" | "watch" | "many" }
  | { do: "tell"; to: (typeof actors)[number]; command: Command }
  | { do: "timer"; every: boolean; command: Command }
  | { do: "transaction"; isAsync: boolean; fails: boolean; commands: Command[] }

const fails = new Error("Fails, as the test wants it")
/** The asynchronous transactions that have not ended. */
let transactions: Promise<unknown>[]

/** Counts its messages, and does as they say. */
class Doer extends Actor<Command | Terminated> {
  override state = 0

  constructor(private readonly house: House) {
    super()
  }

  receive(message: Command | Terminated) {
    this.state++
    if (message instanceof Terminated) this.house.plain.publish(`${this.self.path} has seen an end`)
    else this.house.run(message, `${this.self.path} ${this.state}`, this)
  }

  act(command: Command): void {
    if (command.do === "stop") this.context.stop(this.self)
    if (command.do === "watch") for (const actor of this.house.others(this.self.path)) this.context.watch(actor)
    if (command.do === "many") {
      for (let n = 0; n < 33; n++) this.timers.startSingleTimer(`${n}`, { do: "publish", hub: "kept" }, 100 + 10 * n)
    }
    if (command.do !== "timer") return
    if (command.every) this.timers.startTimerAtFixedRate("every", command.command, 70)
    else this.timers.startSingleTimer("once", command.command, 40)
  }
}

class House extends FlowObject<unknown, (typeof hubs)[number] | "value"> {
  readonly plain = this.hub<string>("plain")
  readonly kept = this.hub<string>("kept", { keep: 3 })
  readonly paced = this.hub<string>("paced", { backpressure: true })
  readonly parted = this.hub<string>("parted", { partition: (ids, line) => ids[line.length % ids.length] })
  readonly value = this.cell("value", 0)
  readonly one = this.actor("one", Props.of(Doer, this))
  readonly two = this.actor("two", Props.of(Doer, this))

  protected accept({ data }: ConnectionContext<(typeof hubs)[number] | "value">) {
    const act = Sink.forEach((message: string) => this.run(JSON.parse(message), "object"))
    const source = data === "value" ? this.value.values.map(String) : this[data].source()
    return webSocket.endpoint(text, Flow.fromSinkAndSource(act, source), { onError: () => {} })
  }

  others(path: string): ActorRef<Command | Terminated>[] {
    return [this.one, this.two].filter((actor) => actor.path !== path)
  }

  run(command: Command, by: string, actor?: Doer): void {
    if (command.do === "publish") this[command.hub].publish(by)
    if (command.do === "set") this.value.update((value) => value + 1)
    if (command.do === "fail" && actor) throw fails
    if (command.do === "tell") this[command.to].tell(command.command)
    if (command.do === "transaction") this.transaction(command, by, actor)
    else actor?.act(command)
  }

  private transaction(
    { isAsync, fails: isRolledBack, commands }: Extract<Command, { do: "transaction" }>,
    by: string,
    actor?: Doer,
  ): void {
    const { storage } = this.ctx
    const runAll = () => {
      for (const command of commands) this.run(command, by, actor)
      if (isRolledBack) throw fails
    }
    // The runtime opens one asynchronous transaction after the other.
    if (isAsync && transactions.length === 0)
      transactions.push(storage.transaction(async () => runAll()).catch(() => {}))
    else {
      try {
        storage.transactionSync(runAll)
      } catch {}
    }
  }
}

const { command } = fc.letrec<{ command: Command }>((tie) => ({
  command: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ do: fc.constant("publish" as const), hub: fc.constantFrom(...hubs) }),
    fc.record({
      do: fc.constantFrom("set" as const, "stop" as const, "fail" as const, "watch" as const, "many" as const),
    }),
    fc.record({ do: fc.constant("tell" as const), to: fc.constantFrom(...actors), command: tie("command") }),
    fc.record({ do: fc.constant("timer" as const), every: fc.boolean(), command: tie("command") }),
    fc.record({
      do: fc.constant("transaction" as const),
      isAsync: fc.boolean(),
      fails: fc.boolean(),
      commands: fc.array(tie("command"), { minLength: 1, maxLength: 3 }),
    }),
  ),
}))
const steps = fc.array(
  fc.record({
    command,
    to: fc.constantFrom("object", ...actors),
    pause: fc.constantFrom(0, 0, 15, 60, 150),
    sleeps: fc.boolean(),
  }),
  { maxLength: 15, size: "max" },
)
type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never

/** Lets time pass, while no event comes during an asynchronous transaction. */
async function advance(object: MemoryObject<House>, duration: number): Promise<void> {
  for (let passed = 0; passed <= duration; passed++) {
    if (passed > 0) object.advance(1)
    while (transactions.length > 0) {
      await Promise.all(transactions)
      transactions = []
      await settled()
    }
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

async function play(steps: Steps, hibernates: boolean): Promise<unknown> {
  vi.useRealTimers()
  transactions = []
  const object = new MemoryObject(House)
  const sockets: MemorySocket[] = []
  for (const source of [...hubs, "parted", "value"]) sockets.push(await object.connect(source))
  for (const { command, to, pause, sleeps } of steps) {
    const told: Command = to === "object" ? command : { do: "tell", to, command }
    object.send(sockets[0] as MemorySocket, JSON.stringify(told))
    await advance(object, pause)
    if (sleeps && hibernates) await object.evict()
    else if (sleeps) object.stall(1)
  }
  await advance(object, 500)
  return { received: sockets.map(({ received }) => received), value: object.instance.value.get() }
}

it("hibernation cannot be observed of actors that act in transactions", async () => {
  const property = fc.asyncProperty(steps, async (steps) => {
    expect(await play(steps, true)).toEqual(await play(steps, false))
  })
  await fc.assert(property, { numRuns: Number(process.env.ACTOR_TRANSACTIONS ?? 150) })
})
