import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { type Step, steps } from "./operators.ts"
import { disconnected, type Plan, sinks, sources } from "./plans.ts"
import { flows, ObjectEnvironment } from "./scripted-object.ts"
import type { TestEnvironment } from "./test-environment.ts"

/** An event of an object with two clients, after which it may be evicted. */
export interface TestEvent {
  kind: "send" | "nonsense" | "close" | "vanish" | "advance" | "stall" | "toggle" | "publish"
  client: number
  value: number
  sleeps: boolean
}

/** The object of a script: in memory or in workerd. */
export interface ScriptTarget {
  message(client: number, message: string | ArrayBuffer): Promise<void>
  close(client: number, code: number): Promise<void>
  advance(duration: number): Promise<void>
  stall(duration: number): void
  toggle(): Promise<void>
  publish(n: number): Promise<void>
  /** Takes a millisecond. */
  evict(): Promise<void>
}

const often: TestEvent["kind"][] = ["send", "send", "send", "send", "advance", "advance", "publish", "toggle"]
const seldom: TestEvent["kind"][] = ["nonsense", "close", "vanish", "stall"]

export const scripts: fc.Arbitrary<TestEvent[]> = fc.array(
  fc.record<TestEvent>({
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...often) },
      { weight: 1, arbitrary: fc.constantFrom(...seldom) },
    ),
    client: fc.constantFrom(0, 0, 1),
    value: fc.integer({ min: 0, max: 9 }),
    sleeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 20, size: "max" },
)

/** Sources that live as long as the object. */
const objectSources = fc.constantFrom("hub" as const, "shared" as const, "times" as const, "changes" as const).map(
  (name): Plan<Source<number>> => ({
    text: name,
    make: (environment) => (environment instanceof ObjectEnvironment ? environment.sources[name] : Source.never()),
  }),
)

/** Flows over what lives as long as the object or the connection. */
const rooms = fc.constantFrom("open" as const, "own" as const).map(
  (name): Plan<Flow<number, number>> => ({
    text: `room(${name})`,
    make: (environment) => (environment instanceof ObjectEnvironment ? environment.rooms[name] : Flow.of<number>()),
  }),
)

/** Flows that subscribe while they run. */
const latecomers = fc
  .tuple(objectSources, fc.constantFrom("flatMapConcat" as const, "switchMap" as const, "flatMapPrefix" as const))
  .map(
    ([source, operator]): Plan<Flow<number, number>> => ({
      text: `${operator}(${source.text})`,
      make(environment) {
        const of = Flow.of<number>()
        if (operator === "flatMapPrefix") return of.flatMapPrefix(1, (_, rest) => rest.merge(source.make(environment)))
        return of[operator]((n) =>
          source
            .make(environment)
            .take(3)
            .map((m) => n * 10 + m),
        )
      },
    }),
  )

const anyStep: fc.Arbitrary<Step> = fc.oneof(...Object.values(steps(1)))
/** Flows that subscribe to a source of the object. */
export const listening = fc.oneof(
  objectSources.map((source): Plan<Flow<number, number>> => {
    return { text: `merge(${source.text})`, make: (environment) => Flow.of<number>().merge(source.make(environment)) }
  }),
  disconnected(objectSources, sinks(anyStep)),
)
const ends = fc.oneof(disconnected(sources(anyStep), sinks(anyStep)), listening, listening)

const flowsFrom = (starts: fc.Arbitrary<Plan<Flow<number, number>> | null>) =>
  fc.tuple(starts, fc.array(anyStep, { maxLength: 3 })).map(([start, below]) => ({
    make: (environment: TestEnvironment) =>
      below.reduce((flow, step) => flow.via(step.make(environment)), start?.make(environment) ?? Flow.of<number>()),
    [fc.toStringMethod]: () => [start?.text ?? "Flow.of()", ...below.map(({ text }) => text)].join("."),
  }))

/** A random flow. Most of them subscribe to a source that lives as long as the object. */
export const anyFlow = flowsFrom(fc.option(ends, { freq: 5 }))
/** A random flow below a room, or below one that subscribes while it runs. */
export const anyRoom = flowsFrom(fc.oneof(rooms, latecomers))

/** Applies an event. */
async function apply({ kind, client, value }: TestEvent, object: ScriptTarget): Promise<void> {
  if (kind === "send") await object.message(client, String(value))
  if (kind === "nonsense") await object.message(client, new ArrayBuffer(1))
  if (kind === "close") await object.close(client, 4000 + value)
  if (kind === "vanish") await object.close(client, 1006)
  if (kind === "advance") await object.advance(value * 5)
  if (kind === "stall") object.stall(value * 5)
  if (kind === "toggle") await object.toggle()
  if (kind === "publish") await object.publish(value)
}

let count = 0

/** Runs the script on an object whose connections have this flow. */
export async function play(
  make: (environment: TestEnvironment) => Flow<number, number>,
  script: readonly TestEvent[],
  open: (flow: string) => Promise<ScriptTarget>,
  sleeps: boolean,
): Promise<void> {
  const flow = `${++count}`
  flows.set(flow, make)
  const object = await open(flow)
  for (const event of script) {
    await apply(event, object)
    if (event.sleeps && sleeps) await object.evict()
    else if (event.sleeps) object.stall(1)
  }
}
