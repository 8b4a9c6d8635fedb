import * as v from "valibot"

/** The work of every handler for a text: next to nothing. */
export const shout = (message: string) => message.toUpperCase()

export const InEvent = v.object({ foo: v.string() })
export const OutEvent = v.object({ bar: v.string() })
export type InEvent = v.InferOutput<typeof InEvent>

/** The delay of timers, in milliseconds. */
export const timerDelay = 1_000
