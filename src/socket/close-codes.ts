import { checkNames } from "../stream/author-value.ts"
import { CloseCode, sendable } from "./close.ts"

/** The codes of the two closes after which a client should reconnect. Many clients report 1012 and 1013 as errors. */
export interface CloseCodes {
  /** A buffer with the strategy `fail` was full: the queue of messages, a `buffer`, or that of a slow client. Default 1013. */
  overloaded?: number
  /** The flow cannot be restored, for example after a deploy that has changed it. Default 1012. */
  restarted?: number
}

/** Returns both codes. Throws a `RangeError` for one that must not be sent, and a `TypeError` for another name. */
export function withDefaultCodes(given: CloseCodes = {}): Required<CloseCodes> {
  const { overloaded = CloseCode.tryAgainLater, restarted = CloseCode.serviceRestart } = given
  const codes = { overloaded: sendable(overloaded), restarted: sendable(restarted) }
  checkNames("close code", given, codes)
  return codes
}

/** The code that a connection of these codes sends for `code`. */
export function translated(code: number, { overloaded, restarted }: Required<CloseCodes>): number {
  if (code === CloseCode.tryAgainLater) return overloaded
  return code === CloseCode.serviceRestart ? restarted : code
}
