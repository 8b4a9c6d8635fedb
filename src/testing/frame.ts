import type { Data } from "../socket/codec.ts"

/** A close as a client receives it; `close` is `undefined` for one without a code. */
export interface CloseFrame {
  close: number | undefined
  reason: string
}

/** What a client receives. */
export type Frame = Data | CloseFrame

export const closed = (close?: number, reason = ""): CloseFrame => ({ close, reason })

export function isClose(frame: Frame): frame is CloseFrame {
  return typeof frame === "object" && "close" in frame && "reason" in frame
}
