/** Takes messages, and calls `emit` with the output. */
export type Handler<In> = (emit: (out: unknown) => void) => ((message: In) => void) | Promise<(message: In) => void>
/** Runs a whole stream of so many elements, and returns its result. */
export type Bulk = (count: number) => unknown

/** The work that a library can be measured with. */
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

/** The work itself: next to nothing, so that the overhead between is measured. */
export const addOne = (n: number) => n + 1
export const isOdd = (n: number) => (n & 1) === 1
export const add = (sum: number, n: number) => (sum + n) | 0
export const double = (n: number) => n * 2
export const xor = (all: number, n: number) => all ^ n
export const resolved = (n: number) => Promise.resolve(n + 1)

/** The inputs of `merge` and the branches of `broadcast`, the parallelism of `mapAsync`, and the size of a group. */
export const ways = 8
export const parallelism = 16
export const groupSize = 100
