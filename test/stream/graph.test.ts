import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

/** The time between `start` and `stop`. It belongs to the object, not to a connection: it outlives every flow. */
class Watch {
  readonly clock = new TestClock()
  private startedAt: number | undefined
  private before = 0

  get isRunning(): boolean {
    return this.startedAt !== undefined
  }

  get seconds(): number {
    return Math.floor(this.elapsed / 1_000)
  }

  control(command: string): void {
    this.before = command === "reset" ? 0 : this.elapsed
    const runs = command === "start" || (this.isRunning && command !== "stop")
    this.startedAt = runs ? this.clock.now() : undefined
  }

  private get elapsed(): number {
    return this.startedAt === undefined ? this.before : this.before + this.clock.now() - this.startedAt
  }
}

/** Commands move the watch, requests are answered at once, and the time is sent once a minute. */
function stopwatch(watch: Watch): Flow<string, number> {
  const commands = Flow.of<string>().filter((message) => message !== "time")
  const questions = Flow.of<string>().filter((message) => message === "time")
  const control = Sink.forEach<string>((command) => watch.control(command))
  const time = () => watch.seconds
  const ticks = Source.tick("1 minute", { while: () => watch.isRunning })
  return Flow.of<string>().broadcast(commands.to(control), questions.map(time)).merge(ticks.map(time))
}

/** A client of a stopwatch, whose flow hibernates after every step or never. */
class Client {
  private readonly probe: Probe<string, number>

  constructor(
    private readonly watch: Watch,
    private readonly sleeps: boolean,
  ) {
    this.probe = Probe.flow(() => stopwatch(watch), watch.clock).unbounded()
  }

  /** Sends messages, and advances by seconds for a number. Returns all messages received so far. */
  after(...steps: (string | number)[]): number[] {
    for (const step of steps) {
      if (typeof step === "string") this.probe.send(step)
      else this.watch.clock.advance(step * 1_000)
      if (this.sleeps) this.probe.hibernate()
    }
    return this.probe.received
  }

  leave(): void {
    this.probe.complete().cancel()
  }
}

describe.each([
  ["awake all the time", false],
  ["hibernating between every two steps", true],
])("a stopwatch with requests and ticks, %s", (_, sleeps) => {
  /** The first client connects a while after the watch was made. */
  function connected() {
    const watch = new Watch()
    watch.clock.advance(7_300)
    return { watch, client: new Client(watch, sleeps) }
  }
  const after = (...steps: (string | number)[]) => connected().client.after(...steps)

  it("answers a request at once, running or not", () => {
    expect(after("time")).toEqual([0])
    expect(after(1, "start", 2.5, "time", "stop", 10, "time", "reset", "time")).toEqual([2, 2, 0])
  })

  it("sends the time once a minute while it runs, on the grid of the connection", () => {
    expect(after(30, "start", 29)).toEqual([])
    expect(after(30, "start", 30, 30, 30)).toEqual([30, 90])
  })

  it("keeps ticks and answers in their order", () => {
    expect(after(1, "start", 30, "time", 29, "time", 2, "time")).toEqual([30, 59, 59, 61])
  })

  it("sends nothing while it is stopped, and needs no timer then", () => {
    const { watch, client } = connected()
    expect(client.after(1, "start", 30, "stop", 90)).toEqual([])
    expect(watch.clock.pending).toBe(0)
    expect(client.after("start", 59)).toEqual([89])
  })

  it("has the same time for every client, and minutes from each client's start", () => {
    const { watch, client } = connected()
    client.after(1, "start", 20)
    const other = new Client(watch, sleeps)
    expect(other.after("time", 59, "time", 1)).toEqual([20, 20, 79, 80])
    expect(client.after()).toEqual([59])
  })

  it("leaves no timer when the client closes", () => {
    const { watch, client } = connected()
    client.after("start", 30)
    client.leave()
    expect(watch.clock.pending).toBe(0)
  })
})
