import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import type { Cell, Hub } from "sluice/durable"
import { vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { type Scripted, script } from "./durable-worker/scripted.ts"
import { logged } from "./logged.ts"
import { holdTime, TestObject } from "./test-object.ts"

/** Counts, and publishes the count every second once it has a message. */
class Beating extends Actor<"add" | "beat" | "stop"> {
  override state = 0

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  receive(message: "add" | "beat" | "stop") {
    if (message === "stop") this.context.stop(this.self)
    if (message === "beat") this.out.publish(`beat ${++this.state}`)
    if (message === "add") this.timers.startTimerAtFixedRate("beat", "beat", "1 second")
  }
}

export type Act = (storage: DurableObjectStorage, tools: Scripted["tools"]) => unknown

export let object: TestObject<Scripted>
export let errors: LogEntry[]
/** The actions of the object that a client of the flow `act` can run. */
let act: Act
/** When the alarm of the author was called. */
export let alarms: number[]
export let started: number
export let cell: Cell<number>
export let hub: Hub<string>

/** Before each test: an object whose author uses its storage. */
export function newAuthorObject(): void {
  vi.restoreAllMocks()
  holdTime()
  errors = logged()
  act = () => {}
  alarms = []
  started = 0
  script((tools) => {
    cell = tools.cell("n", 1)
    hub = tools.hub<string>("hub")
    const other = tools.actor("other", Props.of(Other))
    const actor = tools.actor("beating", Props.of(Beating, hub))
    const total = tools.share(
      "total",
      Source.tick("1 second")
        .scan(0, (sum) => sum + 1)
        .drop(1)
        .map((n) => `total ${n}`),
    )
    const only = (source: Source<string>, tell: (text: string) => void = () => {}) =>
      webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.forEach(tell), source))
    void other
    return {
      alarm: () => void alarms.push(Date.now()),
      accept({ data }) {
        if (data === "ticks") return only(Source.tick("1 second").map((n) => `tick ${n}`))
        if (data === "pair") return only(Source.tick("300 milliseconds").take(2).map(String).concat(Source.never()))
        if (data === "delay") return webSocket.endpoint(text, Flow.of<string>().delay("2500 milliseconds"))
        if (data === "total") return only(total)
        if (data === "beat") return only(hub.source(), (message) => actor.tell(message as "add"))
        if (data === "changes") return only(cell.changes.map(String))
        if (data === "hub") return only(hub.source())
        if (data === "idle")
          return webSocket.endpoint(text, Flow.of<string>(), { limits: { idleTimeout: "2 seconds" } })
        return webSocket.endpoint(
          text,
          Flow.of<string>().map((message) => String(act(tools.ctx.storage, tools) ?? message)),
        )
      },
    }
  })
  object = new TestObject("SCRIPTED")
}

class Other extends Actor<string> {
  override preStart() {
    started++
  }
  receive() {}
}

export const dial = (data: string) => object.dial(`/scripted/:id?data=${encodeURIComponent(JSON.stringify(data))}`)
export const inStorage = <T>(f: (storage: DurableObjectStorage) => T | Promise<T>) =>
  object.inside((_, state) => f(state.storage))

export const later = () => Date.now() + 3_600_000

/** Sets what a client of the flow `act` has the object do. */
export function setAct(next: Act): void {
  act = next
}
