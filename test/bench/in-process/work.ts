/** Messages come in, and `emit` is called with what goes out. */
export type Handler<In> = (emit: (out: unknown) => void) => ((message: In) => void) | Promise<(message: In) => void>
/** Runs a whole stream of so many elements; what it comes to. */
export type Bulk = (count: number) => unknown

/** What a library can be measured doing. */
export interface Contestant {
  echo?: Handler<string>
  object?: Handler<string>
  model?: Handler<string>
  counter?: Handler<string>
  client?: Handler<string>
  push?: Handler<number>
  mergePush?: Handler<number>
  broadcastPush?: Handler<number>
  bulk?: Bulk
  mapAsync?: Bulk
  merge?: Bulk
  broadcast?: Bulk
  groupedWithin?: Bulk
}

/** The work itself: next to nothing, so that what is measured is the way between. */
export const addOne = (n: number) => n + 1
export const isOdd = (n: number) => (n & 1) === 1
export const add = (sum: number, n: number) => (sum + n) | 0
export const double = (n: number) => n * 2
export const xor = (all: number, n: number) => all ^ n
export const resolved = (n: number) => Promise.resolve(n + 1)

/** How many ways `merge` and `broadcast` have, how much `mapAsync` does at a time, and how many make a group. */
export const ways = 8
export const parallelism = 16
export const groupSize = 100
