import type { Data } from "./frame.ts"

/** Consecutive elements of a hub. They are in its log, so a session keeps their numbers alone. */
export interface Elements {
  readonly hub: string
  /** The number of the first one. */
  readonly from: number
  readonly count: number
}

/** A part of a sequence: one message, or elements of a hub. */
export type Part = Data | Elements

export const isElements = (part: Part | undefined): part is Elements =>
  typeof part === "object" && !(part instanceof Uint8Array)

/** How many messages a part stands for. */
export const lengthOf = (part: Part | undefined): number => (isElements(part) ? part.count : 1)

/** Elements without the first ones. */
export const withoutFirst = ({ hub, from, count }: Elements, first: number): Elements => ({
  hub,
  from: from + first,
  count: count - first,
})
