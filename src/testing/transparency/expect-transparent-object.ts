import { text } from "../../socket/codec.ts"
import { checkNames } from "../../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../../stream/duration.ts"
import { type Handlers, type ObjectClass, requireClass } from "../memory/memory-host.ts"
import { MemoryObject } from "../memory/memory-object.ts"
import { show } from "../show.ts"
import type { TestClient } from "../test-client.ts"
import type { DataOf } from "../test-object.ts"
import type { RequestFacts } from "../upgrade.ts"
import { report } from "./report.ts"
import { differs, type Script, type Subject, type Trial } from "./script.ts"
import { type SearchOptions, type Steps, search } from "./search.ts"

/** The options of `expectTransparentObject`. */
export interface ObjectTransparencyOptions<Data = unknown> extends SearchOptions {
  /** The messages of clients: strings and bytes are sent as frames, other values as JSON. Default: the texts `a` and `b`. */
  input?: readonly unknown[]
  /** The clients that connect, each with the request and the data that a route forwards. Default: one client, without data. */
  clients?: readonly (RequestFacts & { data?: Data })[]
  /** The durations by which a step advances the clock. Default: a second, a minute and an hour. */
  advance?: readonly Duration[]
  /** The bindings of the class. Default: none. */
  env?: unknown
}

type Step =
  | { readonly client: number; readonly send: unknown }
  | { readonly client: number; readonly ends: "close" | "drop" }
  | { readonly advance: Duration }

/**
 * Runs random scripts of messages, closes, lost connections and time on an object with clients, each script twice: as it is, and
 * with the object evicted after some of the steps. Rejects with a `TransparencyError` that shows the shortest script that it finds in
 * which the clients receive different frames.
 *
 * @example
 * ```ts
 * class Echo extends FlowObject {
 *   protected accept() {
 *     return webSocket.endpoint(text, Flow.of<string>())
 *   }
 * }
 * await expectTransparentObject(Echo, { input: ["a", "b"], clients: [{ data: { name: "Ann" } }, {}] })
 * ```
 */
export async function expectTransparentObject<T extends Handlers>(
  type: ObjectClass<T>,
  options: ObjectTransparencyOptions<DataOf<T>> = {},
): Promise<void> {
  requireClass("expectTransparentObject", type)
  const { input = ["a", "b"], clients = [{}], advance = ["1 second", "1 minute", "1 hour"], env } = options
  const { runs, maxSteps, seed } = options
  checkNames("expectTransparentObject option", options, { input, clients, advance, env, runs, maxSteps, seed })
  if (clients.length === 0)
    throw new TypeError("expectTransparentObject: clients is empty, so nothing would be observed")
  const trial = new ObjectTrial(type, clients, env)
  const each = clients.map((_, client) => client)
  const steps: Steps<Step> = [
    { weight: 6, step: each.flatMap((client) => input.map((send) => ({ client, send }))) },
    { weight: 2, step: advance.map((duration) => ({ advance: toMilliseconds(duration) })) },
    {
      weight: 1,
      step: each.flatMap((client) => [
        { client, ends: "close" as const },
        { client, ends: "drop" as const },
      ]),
    },
  ]
  const { Date: before } = globalThis
  try {
    const found = await search(steps, (script) => differs(trial, script), options)
    if (found) throw await report(trial, found)
  } finally {
    // Each object has installed its clock.
    globalThis.Date = before
  }
}

class ObjectTrial implements Trial<Step> {
  readonly title: string

  constructor(
    private readonly type: ObjectClass<Handlers>,
    private readonly clients: readonly (RequestFacts & { data?: unknown })[],
    private readonly env: unknown,
  ) {
    this.title = `Hibernation changes what clients see of ${type.name}.`
  }

  async start(_script: Script<Step>): Promise<Subject<Step>> {
    const object = new MemoryObject(this.type, { env: this.env })
    const clients = []
    for (const { data, ...facts } of this.clients) clients.push(await object.connect(text, data, facts))
    return new ObjectSubject(object, clients)
  }

  describe(step: Step): string {
    if ("advance" in step) return `advance ${show(step.advance)}`
    const client = this.clients.length > 1 ? `client ${step.client + 1}: ` : ""
    return `${client}${"send" in step ? `send ${show(step.send)}` : step.ends}`
  }
}

class ObjectSubject implements Subject<Step> {
  /** The frames that the clients have received, as text. */
  private readonly log: string[] = []
  /** The number of frames of each client in the log. */
  private readonly counts: number[] = []

  constructor(
    private readonly object: MemoryObject<Handlers>,
    private readonly clients: readonly TestClient<string, string>[],
  ) {}

  async take(step: Step): Promise<void> {
    if ("advance" in step) return this.object.advance(step.advance)
    const client = this.clients[step.client]
    if ("send" in step) await client?.sendFrames(frameOf(step.send))
    else if (step.ends === "close") await client?.close(1000)
    else await client?.drop()
  }

  sleep(): Promise<void> {
    return this.object.evict()
  }

  rest(): Promise<void> {
    return this.object.stall(1)
  }

  seen(): readonly string[] {
    for (const [index, { received }] of this.clients.entries()) {
      const name = this.clients.length > 1 ? `client ${index + 1} gets ` : ""
      for (const frame of received.slice(this.counts[index])) this.log.push(`${name}${show(frame)}`)
      this.counts[index] = received.length
    }
    return this.log
  }
}

function frameOf(value: unknown): string | Uint8Array {
  return typeof value === "string" || value instanceof Uint8Array ? value : JSON.stringify(value)
}
