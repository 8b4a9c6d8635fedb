import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { commands, isRunning, secondsOn, timeOfSecond, zero } from "./stopwatch-state.ts"

/** A stopwatch that all clients share. It goes on without clients, and costs nothing meanwhile. */
export class Stopwatch extends FlowObject<unknown, { every: number } | undefined> {
  private readonly state = this.cell("state", zero)

  /** Emits each whole second when it is reached. */
  private readonly seconds = this.share(
    "seconds",
    Source.schedule((from) => timeOfSecond(this.state.get(), from)).map(() => this.time()),
  )

  protected accept({ data }: ConnectionInfo<{ every: number } | undefined>) {
    const control = Sink.forEach((command: string) => this.control(command))
    const flow = data ? this.onRequest(control, data.every) : Flow.fromSinkAndSource(control, this.seconds)
    return webSocket.endpoint(text, flow, { resume: { within: "2 minutes" } })
  }

  /** Answers `time` at once, and sends the time every `every` milliseconds besides. */
  private onRequest(control: Sink<string>, every: number): Flow<string, string> {
    const ticks = Source.tick(every, { initialDelay: every, while: () => isRunning(this.state.get()) })
    return Flow.of<string>()
      .broadcast(
        (all) => all.filter((message) => message !== "time").to(control),
        (all) => all.filter((message) => message === "time").map(() => this.time()),
      )
      .merge(ticks.map(() => this.time()))
  }

  private control(command: string): void {
    const state = this.state.get()
    const changed = commands.get(command)?.(state, this.now())
    if (!changed) console.warn(`Unknown command: ${command.slice(0, 100)}`)
    else if (changed !== state) this.state.set(changed)
  }

  private time(): string {
    return String(secondsOn(this.state.get(), this.now()))
  }
}
