import { Actor, oneForOne, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

const second = 1_000
/** What the actors have handled, each with the number of messages in its state. */
let handled: string[]

type Message = "count" | "function" | "fail" | "broken" | { later: readonly Message[]; others: number }

/** Fails, or gets a state that cannot be stored, when its timers fire. A message for a child begins with its name. */
class Keeper extends Actor<Message | `child ${string}`> {
  override readonly childTypes: Record<string, typeof Keeper> = { Keeper, Broken }
  override readonly supervisorStrategy = oneForOne(() => "resume")
  override state: unknown[] = []

  receive(message: Message | `child ${string}`) {
    // A message that comes back must not hang the test.
    if (handled.length > 50) return
    if (typeof message === "object") this.start(message)
    else if (message.startsWith("child ")) this.tellChild(message.slice("child ".length) as Message)
    else {
      this.state.push(message === "function" ? () => message : message)
      handled.push(`${this.self.path} ${message} ${this.state.length}`)
      if (message === "fail") throw new Error("Fails, as the test wants it")
    }
  }

  /** Timers at one time, at a fixed rate and much later. */
  private start({ later, others }: { later: readonly Message[]; others: number }) {
    for (const [index, message] of later.entries()) this.timers.startSingleTimer(`${index}`, message, second)
    for (let n = 0; n < others; n++) this.timers.startSingleTimer(`other ${n}`, "count", "1 hour")
    this.timers.startTimerAtFixedRate("rate", "count", second)
  }

  private tellChild(message: Message) {
    if (!this.context.child("a")) this.context.actorOf(Props.of(message === "broken" ? Broken : Keeper), "a")
    this.context.child("a")?.tell(message as never)
  }
}

/** The state of each new one cannot be stored. */
class Broken extends Keeper {
  override state: unknown[] = [() => 1]
}

class House extends FlowObject {
  readonly keeper = this.actor("keeper", Props.of(Keeper))
  readonly other = this.actor("other", Props.of(Keeper))
  readonly broken = this.actor("broken", Props.of(Broken))
  protected accept() {
    // There are no connections.
    return new Response()
  }
}

beforeEach(() => {
  handled = []
  logged()
})
afterEach(() => vi.useRealTimers())

/** What is handled in each of the seconds after `before`. */
async function seconds(
  before: (house: House) => void,
  { evicts, isFull = () => false }: { evicts: boolean; isFull?: (key: string) => boolean },
): Promise<string[][]> {
  const object = new MemoryObject(House)
  before(object.instance)
  object.isFull = isFull
  const each: string[][] = []
  for (let n = 0; n < 3; n++) {
    handled = []
    if (evicts) await object.evict()
    object.advance(second)
    each.push(handled)
  }
  return each
}

const timersOf = (lines: string[] = []) => lines.map((line) => line.replace(/ \d+$/, "")).sort()
const both = [
  ["function", "fail"],
  ["fail", "function"],
] as const

describe.each([
  [0, false],
  [0, true],
  [40, false],
  [40, true],
])("an object of an actor whose state cannot be stored (%i other timers, evicted: %s)", (others, evicts) => {
  it.each(both)("fires each timer once, and keeps the stored state: %s, %s", async (...later) => {
    const start = ({ keeper }: House) => {
      for (const message of ["count", { later, others }] as const) keeper.tell(message)
    }
    const [first, next, last] = await seconds(start, { evicts })
    expect(timersOf(first)).toEqual(["/keeper count", "/keeper fail", "/keeper function"])
    // What was handled together with the function is rolled back with it.
    const count = later[0] === "fail" ? 2 : 3
    expect([next, last]).toEqual([[`/keeper count ${count}`], [`/keeper count ${count + 1}`]])
  })

  it.each(both)("fires each timer of its parent once: %s, %s", async (...later) => {
    const start = ({ keeper }: House) => {
      for (const message of ["count", "child count"] as const) keeper.tell(message)
      const messages = later.map((message) => (message === "function" ? "child function" : message)) as Message[]
      keeper.tell({ later: messages, others })
    }
    const [first, next] = await seconds(start, { evicts })
    expect(timersOf(first)).toEqual(["/keeper count", "/keeper fail", "/keeper/a function"])
    expect(next).toEqual(["/keeper count 3"])
  })

  it.each(both)("fires each timer of another actor once: %s, %s", async (...later) => {
    const start = ({ keeper, other }: House) => {
      keeper.tell({ later: later.slice(0, 1), others })
      other.tell({ later: later.slice(1), others })
    }
    const [first, next] = await seconds(start, { evicts })
    const names = new Map(later.map((message, index) => [message, index === 0 ? "/keeper" : "/other"]))
    expect(timersOf(first)).toEqual(
      ["/keeper count", "/other count", ...[...names].map(([message, path]) => `${path} ${message}`)].sort(),
    )
    const counts = new Map([...names].map(([message, path]) => [path, message === "function" ? 1 : 2]))
    expect(next).toEqual(["/keeper", "/other"].map((path) => `${path} count ${counts.get(path)}`))
  })

  it("stops a child of which each new one has such a state, and its parent keeps its timers", async () => {
    const start = ({ keeper }: House) => keeper.tell({ later: ["child broken", "fail"] as Message[], others })
    const [first, next] = await seconds(start, { evicts })
    expect(timersOf(first)).toEqual(["/keeper count", "/keeper fail", "/keeper/a broken"])
    expect(next).toEqual(["/keeper count 2"])
  })

  it("stops it if each new one has such a state", async () => {
    const start = ({ broken }: House) => broken.tell({ later: ["count", "fail"], others })
    expect((await seconds(start, { evicts })).flat().length).toBeLessThan(4)
  })

  it.each([1, 1_000])(
    "ends each event if storage refuses its row, and others keep their timers: %i times",
    async (times) => {
      let refusals = 0
      const isFull = (key: string) => key === "sluice:actor:keeper" && ++refusals <= times
      const start = ({ keeper, other }: House) => {
        keeper.tell("count")
        keeper.tell({ later: ["count", "fail"], others })
        other.tell({ later: ["count"], others })
      }
      const [first = [], next = []] = await seconds(start, { evicts, isFull })
      const of = (path: string, lines: string[]) => lines.filter((line) => line.startsWith(path))
      expect(of("/keeper", first).slice(0, 2)).toEqual(["/keeper count 2", "/keeper fail 3"])
      expect(of("/other", first)).toEqual(["/other count 1", "/other count 2"])
      expect(of("/other", next)).toEqual(["/other count 3"])
      // The next write is not refused: the state is rolled back to the stored one, and the timers are not.
      if (times === 1) expect(of("/keeper", next)).toEqual(["/keeper count 3"])
      else expect(of("/keeper", [...first, ...next]).length).toBeLessThan(7)
    },
  )

  describe("an actor whose row storage refused", () => {
    const refused = async () => {
      const object = new MemoryObject(House)
      const { keeper } = object.instance
      keeper.tell("count")
      keeper.tell({ later: ["fail"], others })
      object.isFull = (key) => key === "sluice:actor:keeper"
      object.advance(second)
      object.isFull = () => false
      handled = []
      if (evicts) await object.evict()
      return object
    }

    it("starts again with its next message", async () => {
      const object = await refused()
      object.instance.keeper.tell("count")
      // The timers of its stored row fire again before.
      expect(handled).toContain("/keeper count 2")
    })

    it("starts again after a minute without a message", async () => {
      const object = await refused()
      object.advance(60 * second)
      expect(handled[0]).toBe("/keeper fail 2")
      expect(object.alarm).toBeGreaterThan(Date.now())
    })
  })
})
