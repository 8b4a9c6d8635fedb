import type { Data } from "../socket/codec.ts"

/** A close as a client receives it. `close` is its code, `undefined` for a close without one. */
export interface CloseFrame {
  close: number | undefined
  reason: string
}

/** A frame that a client receives, or the close. */
export type Frame = Data | CloseFrame

export const closed = (close?: number, reason = ""): CloseFrame => ({ close, reason })

export function isClose(frame: Frame): frame is CloseFrame {
  return typeof frame === "object" && "close" in frame && "reason" in frame
}
