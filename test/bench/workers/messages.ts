import * as v from "valibot"

/** What every handler does with a text: something, but next to nothing. */
export const shout = (message: string) => message.toUpperCase()

export const InEvent = v.object({ foo: v.string() })
export const OutEvent = v.object({ bar: v.string() })
export type InEvent = v.InferOutput<typeof InEvent>

/** After so many milliseconds timers are due. */
export const timerDelay = 1_000
