import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionFacts, FlowObject } from "sluice/durable"

/** All there is to keep: the time on the watch follows from it. */
interface Watch {
  /** The time on the watch, in milliseconds, when it was last started or stopped. */
  elapsed: number
  /** When it was started; left out while it is stopped. */
  startedAt?: number
  /** The next whole second to be sent. */
  next: number
}

const zero: Watch = { elapsed: 0, next: 0 }
const second = 1000

/** A stopwatch that all clients share. It runs on while nobody is connected, and costs nothing meanwhile. */
export class Stopwatch extends FlowObject<unknown, { every: number } | undefined> {
  private readonly watch = this.cell<Watch>("watch", zero)

  /** Each whole second, when it is reached. */
  private readonly seconds = this.share(
    "seconds",
    Source.schedule((from) => timeOfSecond(this.watch.get(), from)).map(() => this.time()),
  )

  protected accept({ given }: ConnectionFacts<{ every: number } | undefined>) {
    const control = Sink.forEach((command: string) => this.control(command))
    return webSocket.flow(
      text,
      given ? this.onRequest(control, given.every) : Flow.fromSinkAndSource(control, this.seconds),
    )
  }

  /** Connected and disconnected messages in one flow: `time` is answered at once, the rest comes once in a while. */
  private onRequest(control: Sink<string>, every: number): Flow<string, string> {
    const time = Source.tick(every, { initialDelay: every, while: () => this.watch.get().startedAt !== undefined })
    return Flow.of<string>()
      .broadcast(
        Flow.of<string>()
          .filter((message) => message !== "time")
          .to(control),
        Flow.of<string>()
          .filter((message) => message === "time")
          .map(() => this.time()),
      )
      .merge(time.map(() => this.time()))
  }

  private control(command: string): void {
    const watch = this.watch.get()
    const now = this.now()
    const isRunning = watch.startedAt !== undefined
    if (command === "start" && !isRunning) this.watch.set({ ...watch, startedAt: now })
    else if (command === "stop" && isRunning) this.watch.set(stopped(watch, now))
    else if (command === "reset") this.watch.set(isRunning ? restarted(watch, now) : zero)
    else if (!["start", "stop"].includes(command)) console.warn(`Unknown command: ${command.slice(0, 100)}`)
  }

  /** The elapsed whole seconds. */
  private time(): string {
    return String(Math.max(0, Math.floor(elapsed(this.watch.get(), this.now()) / second)))
  }
}

function elapsed(watch: Watch, now: number): number {
  return watch.startedAt === undefined ? watch.elapsed : watch.elapsed + now - watch.startedAt
}

function stopped(watch: Watch, now: number): Watch {
  const time = elapsed(watch, now)
  return { elapsed: time, next: Math.floor(time / second) + 1 }
}

/** A second that is reached in this very millisecond has it for itself: zero comes in the next. */
function restarted(watch: Watch, now: number): Watch {
  return { ...zero, startedAt: elapsed(watch, now) % second === 0 ? now + 1 : now }
}

/** When, at or after `from`, a running watch reaches a whole second that was not sent yet. */
function timeOfSecond(watch: Watch, from: number): number | undefined {
  if (watch.startedAt === undefined) return undefined
  const number = Math.max(watch.next, Math.ceil(elapsed(watch, from) / second))
  return watch.startedAt + number * second - watch.elapsed
}
