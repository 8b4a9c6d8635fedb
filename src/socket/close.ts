import { wrongValue } from "../stream/author-value.ts"
import { truncateUtf8 } from "./utf8.ts"

/** The close codes of RFC 6455 §7.4.1 and of IANA's registry that an endpoint sends or receives. */
export const CloseCode = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  /** Never on the wire: the peer closed without a code. */
  noStatus: 1005,
  /** Never on the wire: the connection ended without a close. */
  abnormal: 1006,
  invalidPayload: 1007,
  policyViolation: 1008,
  messageTooBig: 1009,
  internalError: 1011,
  serviceRestart: 1012,
  tryAgainLater: 1013,
  /** A Worker between a client and an upstream: the upstream cannot be reached, or its answer is not valid. */
  badGateway: 1014,
} as const

/** Bytes of a reason: a control frame carries 125 bytes, two of which are the code (RFC 6455 §5.5). */
const longestReason = 125 - 2

/** Whether an endpoint may send the code: 1000 to 1003, 1007 to 1014 and 3000 to 4999 (RFC 6455 §7.4). */
export function isSendable(code: unknown): boolean {
  if (typeof code !== "number" || !Number.isInteger(code) || code < 1000 || code > 4999) return false
  return code < 1016 ? ![1004, 1005, 1006, 1015].includes(code) : code >= 3000
}

/** Returns the code. Throws a `RangeError` if an endpoint must not send it. */
export function sendable(code: number): number {
  if (isSendable(code)) return code
  throw new RangeError(
    `The close code ${code} must not be sent: use 1000, or 4000 to 4999 for codes of your own (RFC 6455 §7.4)`,
  )
}

/** Returns the reason. Throws a `TypeError` if it is not a string. */
export function checkedReason(reason: string): string {
  if (typeof reason === "string") return reason
  throw wrongValue("The reason of a close is a string, and is", reason, "write it as a string, or leave it out")
}

/** The code of a peer's close. A code that must not be on the wire becomes 1002, protocol error (RFC 6455 §7.4). */
export function receivedCode(code: number, reason: string): number {
  // The runtime reports a close without a code as 1005; such a frame has no room for a reason.
  return isSendable(code) || (code === CloseCode.noStatus && reason === "") ? code : CloseCode.protocolError
}

/** The reason as a close frame carries it: at most 123 bytes of UTF-8. */
export const truncateReason = (reason: string): string => truncateUtf8(reason, longestReason)

/**
 * Closes the WebSocket with its code and reason when it is thrown anywhere in a flow or a codec. A reason over 123 bytes of UTF-8 is
 * cut when it is sent.
 *
 * @throws a `RangeError` for a code that must not be sent (RFC 6455 §7.4); a `TypeError` for a reason that is not a string
 *
 * @example
 * ```ts
 * Flow.of<string>().map((message) => {
 *   if (message === "bye") throw new CloseError(4000, "bye")
 *   return message
 * })
 * ```
 */
export class CloseError extends Error {
  override name = "CloseError"
  readonly code: number
  readonly reason: string

  /** @param options a `cause`, for the log entry of the close; never sent to the client */
  constructor(code: number, reason = "", options?: { cause?: unknown }) {
    super(`Close ${code} ${checkedReason(reason)}`.trim(), options)
    this.code = sendable(code)
    this.reason = reason
  }

  /**
   * The error for a close code of a protocol. Another code is a compile error. The default reason is the protocol's text for the code.
   *
   * @example
   * ```ts
   * const room = protocol("/rooms/:room", { receives: text, sends: text, closes: { 4001: "Kicked" } })
   * const flow = Flow.of<string>().map((message) => {
   *   if (message === "spam") throw CloseError.of(room, 4001)
   *   return message
   * })
   * ```
   */
  static of<Codes extends Readonly<Record<number, string>>>(
    protocol: { readonly closes: Codes },
    code: keyof Codes & number,
    reason: string = protocol.closes[code] ?? "",
  ): CloseError {
    return new CloseError(code, reason)
  }
}

/** Whether an error is a `CloseError`. After hibernation a saved one is an `Error` of that name, with its fields. */
export function isCloseError(error: unknown): error is CloseError {
  return error instanceof Error && error.name === "CloseError" && "code" in error && isSendable(error.code)
}
