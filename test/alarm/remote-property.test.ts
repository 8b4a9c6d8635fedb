import fc from "fast-check"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { FlowObject, remoteActor } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** `by`: the flow of a connection, an actor, or a method that another object calls. `how`: with what around it. */
interface Told {
  by: "flow" | "actor" | "method"
  how: "tell" | "ask" | "commit" | "roll back" | "commit later" | "roll back later" | "fail" | "keep a function" | "hub"
  number: number
}

let there: MemoryObject<There>
/** The answers to the questions, or their errors. */
let answers: Promise<unknown>[]

/** Calls another object, each call in a turn of its own. */
const namespace = {
  getByName: () => ({
    async sluiceTell(name: string, message: unknown) {
      await undefined
      return there.instance.sluiceTell(name, structuredClone(message))
    },
    async sluiceAsk(name: string, message: unknown, timeout: number) {
      await undefined
      return there.instance.sluiceAsk(name, structuredClone(message), timeout)
    },
  }),
}

class Counter extends Actor<number> {
  override state = 0

  constructor(private readonly object: There) {
    super()
  }

  receive(number: number) {
    this.state++
    this.object.heard.publish(`${number}`)
    this.context.sender?.tell(this.state)
  }
}

class There extends FlowObject {
  readonly heard = this.hub<string>("heard", { keep: 3 })
  readonly counter = this.actor("counter", Props.of(Counter, this))

  /** A method that publishes. */
  publish(number: number): void {
    this.heard.publish(`${number}`)
  }

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.heard.source()))
  }
}

class Speaker extends Actor<Told> {
  override state: unknown = 0

  constructor(private readonly object: Here) {
    super()
  }

  receive(told: Told) {
    this.object.act(told)
    if (told.how === "keep a function") this.state = () => {}
  }
}

const far = remoteActor<number>(namespace, "there", "counter")

class Here extends FlowObject {
  private readonly speaker = this.actor("speaker", Props.of(Speaker, this))

  act({ how, number }: Told): void {
    const { storage } = this.ctx
    const rolledBack = new Error("Rolled back")
    const transact = (isRolledBack: boolean) => {
      far.tell(number)
      if (isRolledBack) throw rolledBack
    }
    if (how === "hub") void Promise.resolve().then(() => there.instance.publish(number))
    else if (how === "ask") answers.push(far.ask(number, 50).catch((error) => error))
    else if (how.endsWith("later"))
      void storage.transaction(async () => transact(how === "roll back later")).catch(() => {})
    else if (how === "commit" || how === "roll back") {
      try {
        storage.transactionSync(() => transact(how === "roll back"))
      } catch (error) {
        if (error !== rolledBack) throw error
      }
    } else far.tell(number)
    if (how === "fail") throw new Error("Fails, as the test wants it")
  }

  protected accept() {
    const sink = Sink.forEach((message: string) => {
      const told: Told = JSON.parse(message)
      if (told.by === "actor") this.speaker.tell(told)
      else this.act(told)
    })
    return webSocket.endpoint(text, Flow.fromSinkAndSource(sink, Source.never<string>()))
  }
}

const step = fc.record({
  by: fc.constantFrom("flow" as const, "actor" as const, "method" as const),
  how: fc.constantFrom<Told["how"]>(
    "tell",
    "tell",
    "ask",
    "commit",
    "roll back",
    "commit later",
    "roll back later",
    "fail",
    "keep a function",
    "hub",
  ),
  after: fc.constantFrom("nothing", "nothing", "evict here", "evict there", "crash here", "crash there", "burst"),
})

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

it("each message between two objects arrives once and in order, and each ask is answered", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 25, size: "max" }), async (steps) => {
    const clock = new TestClock(Date.UTC(2030, 0, 1))
    answers = []
    there = new MemoryObject(There, clock)
    const here = new MemoryObject(Here, clock)
    const listeners = [await there.connect()]
    let socket = await here.connect()
    const certain: string[] = []
    for (const [index, { by, how, after }] of steps.entries()) {
      const told: Told = { by, how, number: index }
      if (how !== "keep a function" && how !== "fail") certain.push(`${index}`)
      if (by === "method") {
        try {
          here.instance.act(told)
        } catch {}
      } else here.send(socket, JSON.stringify(told))
      // While an asynchronous transaction is open, the runtime delivers no event.
      if (after !== "burst" || how.endsWith("later")) await settled()
      if (socket.isClosed) socket = await here.connect()
      const object = after.endsWith("here") ? here : there
      if (after.startsWith("evict")) await object.evict()
      if (!after.startsWith("crash")) continue
      object.flush()
      await object.crash()
      if (object === here) socket = await here.connect()
      else listeners.push(await there.connect())
    }
    await settled()
    await settled()
    const heard = listeners.flatMap(({ received }) => received).filter((frame) => typeof frame === "string")
    expect(new Set(heard).size).toBe(heard.length)
    expect(certain.filter((number) => !heard.includes(number))).toEqual([])
    const told = heard.map(Number).filter((number) => steps[number]?.how !== "hub")
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    const replies = await Promise.all(answers)
    expect(replies.every((reply) => typeof reply === "number")).toBe(true)
    expect([here.alarm, there.alarm]).toEqual([null, null])
  })
  await fc.assert(property, { numRuns: 100 })
})
