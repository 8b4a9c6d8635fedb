import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { commands, isRunning, secondsOn, timeOfSecond, zero } from "./watch.ts"

/** A stopwatch that all clients share. It runs on without clients, and costs nothing meanwhile. */
export class Stopwatch extends FlowObject<unknown, { every: number } | undefined> {
  private readonly watch = this.cell("watch", zero)

  /** Each whole second, when it is reached. */
  private readonly seconds = this.share(
    "seconds",
    Source.schedule((from) => timeOfSecond(this.watch.get(), from)).map(() => this.time()),
  )

  protected accept({ data }: ConnectionInfo<{ every: number } | undefined>) {
    const control = Sink.forEach((command: string) => this.control(command))
    const flow = data ? this.onRequest(control, data.every) : Flow.fromSinkAndSource(control, this.seconds)
    return webSocket.endpoint(text, flow)
  }

  /** Connected and disconnected messages in one flow: `time` is answered at once, the rest comes once in a while. */
  private onRequest(control: Sink<string>, every: number): Flow<string, string> {
    const ticks = Source.tick(every, { initialDelay: every, while: () => isRunning(this.watch.get()) })
    return Flow.of<string>()
      .broadcast(
        (all) => all.filter((message) => message !== "time").to(control),
        (all) => all.filter((message) => message === "time").map(() => this.time()),
      )
      .merge(ticks.map(() => this.time()))
  }

  private control(command: string): void {
    const watch = this.watch.get()
    const changed = commands.get(command)?.(watch, this.now())
    if (!changed) console.warn(`Unknown command: ${command.slice(0, 100)}`)
    else if (changed !== watch) this.watch.set(changed)
  }

  private time(): string {
    return String(secondsOn(this.watch.get(), this.now()))
  }
}
