import { CloseCode, sendable } from "./close.ts"

/** The codes for the two closes that tell a client to come back; many clients refuse 1012 and 1013. */
export interface CloseCodes {
  /** Something was full whose strategy is `fail`: the inbox, a buffer, what is on its way to a slow client. Default 1013. */
  overloaded?: number
  /** The flow cannot go on, as after a deploy that has changed it. Default 1012. */
  restarted?: number
}

/** Both codes; a `RangeError` for one that must not be sent. */
export function withDefaultCodes({
  overloaded = CloseCode.tryAgainLater,
  restarted = CloseCode.serviceRestart,
}: CloseCodes = {}): Required<CloseCodes> {
  return { overloaded: sendable(overloaded), restarted: sendable(restarted) }
}

/** The code that a connection of these codes sends for `code`. */
export function translated(code: number, { overloaded, restarted }: Required<CloseCodes>): number {
  if (code === CloseCode.tryAgainLater) return overloaded
  return code === CloseCode.serviceRestart ? restarted : code
}
