import type { Sample } from "./machine.ts"

/** A round does not count if other processes used more than this part of a core. */
const tolerated = 0.1

export interface Series {
  /** For each contestant, one value a round. */
  values: Map<string, number[]>
  discarded: number
  /** How many of the counted rounds were disturbed. */
  disturbed: number
}

/**
 * Measures every contestant once a round, each round beginning with another one, until there are enough
 * undisturbed rounds, or twice as many have been tried.
 */
export async function inRounds(
  contestants: readonly string[],
  rounds: number,
  measure: (contestants: readonly string[]) => Promise<Map<string, Sample>>,
): Promise<Series> {
  const values = new Map(contestants.map((contestant) => [contestant, [] as number[]]))
  const keepsAll = process.env.BENCH_ANYWAY !== undefined
  let [discarded, disturbed] = [0, 0]
  for (let round = 0; round - discarded < rounds && round < rounds * 2; round++) {
    const first = round % contestants.length
    const order = [...contestants.slice(first), ...contestants.slice(0, first)]
    const samples = await measure(order)
    const isQuiet = [...samples.values()].every(({ foreign }) => foreign <= tolerated)
    if (!isQuiet && !keepsAll) {
      discarded++
      continue
    }
    if (!isQuiet) disturbed++
    for (const [contestant, { value }] of samples) values.get(contestant)?.push(value)
  }
  return { values, discarded, disturbed }
}

/** A round in which one contestant comes after the other. */
export function oneByOne(measure: (contestant: string) => Promise<Sample>) {
  return async (contestants: readonly string[]): Promise<Map<string, Sample>> => {
    const samples = new Map<string, Sample>()
    for (const contestant of contestants) samples.set(contestant, await measure(contestant))
    return samples
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]]
  return (low + high) / 2
}
