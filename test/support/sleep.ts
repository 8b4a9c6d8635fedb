import fc from "fast-check"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { type Step, steps } from "./operators.ts"
import { disconnected, type Plan, sinks, sources } from "./plans.ts"
import { flows, ObjectWorld } from "./sleeper.ts"
import type { World } from "./world.ts"

/** Something that happens to an object with two clients, after which it may be evicted. */
export interface Happening {
  kind: "send" | "nonsense" | "close" | "vanish" | "advance" | "stall" | "toggle" | "publish"
  client: number
  value: number
  sleeps: boolean
}

/** An object, wherever it runs. */
export interface SleepingObject {
  message(client: number, message: string | ArrayBuffer): Promise<void>
  close(client: number, code: number): Promise<void>
  advance(duration: number): Promise<void>
  stall(duration: number): void
  toggle(): Promise<void>
  publish(n: number): Promise<void>
  /** Takes a millisecond. */
  evict(): Promise<void>
}

const often: Happening["kind"][] = ["send", "send", "send", "send", "advance", "advance", "publish", "toggle"]
const seldom: Happening["kind"][] = ["nonsense", "close", "vanish", "stall"]

export const scripts: fc.Arbitrary<Happening[]> = fc.array(
  fc.record<Happening>({
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

/** What lives as long as the object, as the source of a flow. */
const objectSources = fc.constantFrom("hub" as const, "shared" as const, "times" as const, "changes" as const).map(
  (name): Plan<Source<number>> => ({
    text: name,
    make: (world) => (world instanceof ObjectWorld ? world.sources[name] : Source.never()),
  }),
)

const anyStep: fc.Arbitrary<Step> = fc.oneof(...Object.values(steps(1)))
const listening = fc.oneof(
  objectSources.map((source): Plan<Flow<number, number>> => {
    return { text: `merge(${source.text})`, make: (world) => Flow.of<number>().merge(source.make(world)) }
  }),
  disconnected(objectSources, sinks(anyStep)),
)
const ends = fc.oneof(disconnected(sources(anyStep), sinks(anyStep)), listening, listening)

/** A random flow; most of them listen to something that lives as long as the object. */
export const anyFlow = fc
  .tuple(fc.option(ends, { freq: 5 }), fc.array(anyStep, { maxLength: 3 }))
  .map(([start, below]) => ({
    make: (world: World) =>
      below.reduce((flow, step) => flow.via(step.make(world)), start?.make(world) ?? Flow.of<number>()),
    [fc.toStringMethod]: () => [start?.text ?? "Flow.of()", ...below.map(({ text }) => text)].join("."),
  }))

/** Lets one thing happen. */
async function happen({ kind, client, value }: Happening, object: SleepingObject): Promise<void> {
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
  make: (world: World) => Flow<number, number>,
  script: readonly Happening[],
  open: (flow: string) => Promise<SleepingObject>,
  sleeps: boolean,
): Promise<void> {
  const flow = `${++count}`
  flows.set(flow, make)
  const object = await open(flow)
  for (const happening of script) {
    await happen(happening, object)
    if (happening.sleeps && sleeps) await object.evict()
    else if (happening.sleeps) object.stall(1)
  }
}
