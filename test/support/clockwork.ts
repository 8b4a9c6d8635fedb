import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Source as ActorSource, Props, Sink } from "sluice/actor"
import { type ActorOptions, FlowObject } from "sluice/durable"
import type { LogEntry } from "../../src/stream/logger.ts"
import { logged } from "./logged.ts"
import { MemoryObject, type MemorySocket } from "./memory-object.ts"

export const second = 1_000
let migrate: ActorOptions["migrate"]
let version = 1

interface Asked {
  text: string
  client?: ActorRef<string>
}

interface Fired {
  key: string
  client?: ActorRef<string> | undefined
  content?: string
}

/** Sets timers by command, and keeps the keys of those that have fired. */
class Clockwork extends Actor<Asked | Fired> {
  override state = 0

  receive(message: Asked | Fired) {
    const { client } = message
    if ("key" in message) {
      this.state++
      client?.tell(`${message.key}${message.content?.length ?? ""}`)
      return
    }
    const [verb, ...words] = message.text.split(" ")
    const [from = 0, to = from + 1, delay = 60] = words.map(Number)
    for (let number = from; number < to; number++) {
      const key = `t${number}`
      if (verb === "set") this.timers.startSingleTimer(key, { key, client }, (delay + number / 1_000) * second)
      if (verb === "together") this.timers.startSingleTimer(key, { key, client }, delay * second)
      if (verb === "beat") this.timers.startTimerAtFixedRate(key, { key, client }, delay * second)
      if (verb === "large")
        this.timers.startSingleTimer(key, { key, client, content: "x".repeat(500_000) }, delay * second)
      if (verb === "cancel") this.timers.cancel(key)
      if (verb === "active") client?.tell(`${this.timers.isTimerActive(key)}`)
    }
    if (verb === "cancelAll") this.timers.cancelAll()
    if (verb === "fail") throw new Error("failed")
    if (verb === "stop") this.context.stop(this.context.self)
  }
}

export class House extends FlowObject {
  private readonly clockwork = this.actor("clockwork", Props.of(Clockwork).withMailbox({ capacity: 200_000 }), {
    version,
    migrate,
  })

  protected accept() {
    const { ref: client, source } = ActorSource.actorRef<string>({ bufferSize: 200_000 })
    const asked = Flow.of<string>().map((text) => ({ text, client }))
    const sink = Sink.forEach((asked: Asked) => this.clockwork.tell(asked))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(asked.to(sink), source), {
      limits: { maxBufferedAmount: Number.POSITIVE_INFINITY },
    })
  }

  say(text: string): void {
    this.clockwork.tell({ text })
  }

  wipe(): Promise<void> {
    return this.ctx.storage.deleteAll()
  }
}

export let errors: LogEntry[]
export let object: MemoryObject<House>
let client: MemorySocket

/** Before each test: an object whose actor sets timers, and a client of it. */
export async function newClockwork(): Promise<void> {
  errors = logged()
  version = 1
  migrate = undefined
  object = new MemoryObject(House)
  client = await object.connect()
}

/** Connects another client. */
export async function reconnect(): Promise<void> {
  client = await object.connect()
}

/** Sets the version and the migration of the actor of the next release. */
export function setRelease(nextVersion: number, nextMigrate: ActorOptions["migrate"]): void {
  version = nextVersion
  migrate = nextMigrate
}

export const say = (...texts: string[]) => {
  for (const text of texts) object.send(client, text)
}
export const taken = () => client.received.splice(0)
export const rows = () => [...object.rows.keys()].filter((key) => key.startsWith("sluice:timers:"))
export const keys = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `t${from + index}`)
/** The number of rows that an effect writes or deletes, without the alarm. */
export function writtenBy(effect: () => void): number {
  const before = object.rowsWritten
  effect()
  return object.rowsWritten - before
}
/** The most timers that one row has. */
export const fullest = () => Math.max(...rows().map((key) => (object.rows.get(key) as [number, unknown[]])[1].length))
