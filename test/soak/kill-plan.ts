import type { Random } from "../../src/testing/random.ts"
import type { Observed } from "./observed.ts"

/** The load of a process, and the time of its kill. */
export interface KillPlan {
  readonly objects: readonly Observed[]
  /** Clients of each object. */
  readonly clients: number
  /** The factor for the pauses of clients; with `Infinity` they send nothing. */
  readonly pace: number
  /** Whether the objects hibernate before clients send anything. */
  readonly hibernates: boolean
  /** How long clients send until the kill, in milliseconds. */
  readonly after: number
  /** How many frames each client must have received before that. */
  readonly frames: number
  /** Whether it is killed then, or at the next frame. */
  readonly atFrame: boolean
  /** How long a kill waits for frames, in milliseconds. */
  readonly patience: number
}

/** The longest time until a kill, in milliseconds. */
export const longestRun = 400

/** Some of the objects under some load. Where the load is small no write is pending when a frame is sent. */
export function randomPlan(objects: readonly Observed[], clients: number, random: Random): KillPlan {
  // Frames to hibernating sockets have a code path of their own. It is rarely tried, because it takes ten seconds to hibernate.
  const hibernates = random.below(50) === 0
  return {
    objects: someOf(objects, random),
    clients: 1 + random.below(clients),
    pace: [1, 4, 16][random.below(3)] ?? 1,
    hibernates,
    after: hibernates ? 0 : random.below(longestRun),
    frames: 0,
    atFrame: hibernates || random.below(3) > 0,
    patience: 300,
  }
}

function someOf(objects: readonly Observed[], random: Random): Observed[] {
  const left = [...objects]
  const count = [1, 2, 4, objects.length][random.below(4)]
  return Array.from({ length: count ?? 1 }, () => left.splice(random.below(left.length), 1)).flat()
}
