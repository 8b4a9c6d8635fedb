import fc from "fast-check"
import type { Probe } from "../../src/testing/probe/probe.ts"
import { show } from "../../src/testing/show.ts"
import { World } from "./world.ts"

/** Something that happens to a flow from outside, after which it may sleep. */
export interface Happening {
  kind: "send" | "request" | "advance" | "stall" | "offer" | "toggle" | "completeQueue" | "complete" | "fail" | "cancel"
  value: number
  sleeps: boolean
}

type Kind = Happening["kind"]
const often: readonly Kind[] = ["send", "send", "send", "request", "request", "advance", "advance", "offer", "toggle"]
const seldom: readonly Kind[] = ["stall", "complete", "completeQueue", "fail", "cancel"]

export const scripts: fc.Arbitrary<Happening[]> = fc.array(
  fc.record<Happening>({
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...often) },
      { weight: 1, arbitrary: fc.constantFrom(...seldom) },
    ),
    value: fc.integer({ min: 0, max: 9 }),
    sleeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25, size: "max" },
)

/** Lets one thing happen; what is not possible now does not. */
export function happen({ kind, value }: Happening, probe: Probe<number, unknown>, world: World): string {
  if (kind === "send" && probe.demand) probe.send(value)
  if (kind === "request") probe.request(value === 9 ? 1_000 : value)
  if (kind === "advance") probe.advance(value * 5)
  if (kind === "stall") probe.clock.stall(value * 5)
  if (kind === "complete") probe.complete()
  if (kind === "fail") probe.fail(new RangeError(`failure ${value}`))
  if (kind === "cancel") probe.cancel(value % 2 === 0 ? undefined : new RangeError(`cause ${value}`))
  if (kind === "completeQueue") world.queue?.complete()
  if (kind === "toggle") {
    world.running = !world.running
    probe.request(0)
  }
  return kind === "offer" && world.queue ? world.queue.offer(value) : ""
}

/** Everything that can be seen from outside after each happening, with or without sleep in between. */
export function observe(
  start: (world: World) => Probe<number, unknown>,
  script: readonly Happening[],
  sleeps: boolean,
): string[] {
  const world = new World()
  const probe = start(world)
  return script.map((happening) => {
    const answer = happen(happening, probe, world)
    if (sleeps && happening.sleeps) probe.hibernate()
    const { received, ended, cancelled, demand, result, clock } = probe
    return `${happening.kind}(${happening.value}) ${show({ received, ended, cancelled, demand, result, answer, at: clock.now(), did: world.notes })}`
  })
}
