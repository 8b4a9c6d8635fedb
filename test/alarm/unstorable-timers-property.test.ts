import fc from "fast-check"
import { Actor, type Directive, oneForOne, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

interface Task {
  id: string
  act: "count" | "function" | "fail"
  /** The child that acts; of "broken" each new one has a state that cannot be stored. */
  child?: "kept" | "broken" | undefined
}
interface Plan {
  /** The tasks, and the second in which each is due. */
  tasks: (readonly [due: number, task: Task])[]
  /** The number of timers that are due much later. */
  others: number
}

/** The tasks whose timers have fired. */
let fired: string[]
let directive: Directive

class Worker extends Actor<Task | Plan> {
  override readonly childTypes: Record<string, typeof Worker> = { Worker, Broken }
  override readonly supervisorStrategy = oneForOne(() => directive)
  override state: unknown[] = []

  receive(message: Task | Plan) {
    if ("tasks" in message) {
      for (const [due, task] of message.tasks) this.timers.startSingleTimer(task.id, task, due * 1_000)
      for (let n = 0; n < message.others; n++)
        this.timers.startSingleTimer(`later ${n}`, { id: "later", act: "count" }, "1 hour")
      return
    }
    const { id, act, child } = message
    // A message that comes back must not hang the test. A child gets its tasks from its parent.
    if (id && fired.push(id) > 100) return
    if (child) {
      if (!this.context.child(child)) this.context.actorOf(Props.of(child === "kept" ? Worker : Broken), child)
      this.context.child(child)?.tell({ id: "", act } as never)
      return
    }
    this.state.push(act === "function" ? () => id : id)
    if (act === "fail") throw new Error("Fails, as the test wants it")
  }
}

class Broken extends Worker {
  override state: unknown[] = [() => 1]
}

class House extends FlowObject {
  readonly one = this.actor("one", Props.of(Worker))
  readonly other = this.actor("other", Props.of(Worker))
  protected accept() {
    // There are no connections.
    return new Response()
  }
}

const tasks = fc.array(
  fc.record({
    due: fc.constantFrom(1, 2, 3),
    act: fc.constantFrom("count", "function", "fail"),
    child: fc.constantFrom(undefined, undefined, "kept", "broken"),
  }),
  { maxLength: 6 },
)
const run = fc.record({
  one: tasks,
  other: tasks,
  others: fc.constantFrom(0, 40),
  evictions: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  /** Whether storage refuses each write of an actor's row; never twice in a row. */
  refusals: fc.array(fc.constantFrom([false], [true, false]), { maxLength: 6 }),
  directive: fc.constantFrom<Directive>("resume", "restart", "stop", "escalate"),
})

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

it("each timer fires once, whatever states cannot be stored and whichever actors fail beside it", async () => {
  const property = fc.asyncProperty(run, async ({ one, other, others, evictions, refusals, ...decided }) => {
    fired = []
    directive = decided.directive
    const object = new MemoryObject(House)
    const planned = [one, other].map((all, at) =>
      all.map(({ due, ...task }, index) => [due, { ...task, id: `${at} ${index}` }] as const),
    )
    object.instance.one.tell({ tasks: planned[0] ?? [], others })
    object.instance.other.tell({ tasks: planned[1] ?? [], others })
    const refused = refusals.flat()
    object.isFull = (key) => key === "sluice:actor:one" && refused.shift() === true
    for (const evicts of evictions) {
      if (evicts) await object.evict()
      object.advance(1_000)
    }
    expect(fired.sort()).toEqual(planned.flatMap((all) => all.map(([, { id }]) => id)).sort())
  })
  await fc.assert(property, { numRuns: 1_000 })
})
