import { BufferOverflowError } from "../stream/errors.ts"
import { CloseCode, CloseError, isCloseError, isSendable } from "./close.ts"
import type { Codec } from "./codec.ts"
import type { CloseMessage } from "./message.ts"

const { normal, noStatus, goingAway, internalError, serviceRestart, tryAgainLater, badGateway } = CloseCode
const transient: readonly number[] = [goingAway, internalError, serviceRestart, tryAgainLater, badGateway]

/** Whether a new connection may succeed after a close: 1001 and 1011 to 1014. */
export function isTransient(code: number): boolean {
  return transient.includes(code)
}

/**
 * How the peer's close ends the flow: 1000 and a close without a code complete it, others fail it with their code. A codec with `closed`
 * makes an element of it instead, which can be sent on: a close without a code counts as 1000.
 */
export function endOf<In>(code: number, reason: string, codec: Codec<In, never>): { last: In[]; failure?: CloseError } {
  const isNormal = code === normal || code === noStatus
  if (!codec.closed) return { last: [], failure: isNormal ? undefined : new CloseError(code, reason) }
  try {
    return { last: [codec.closed({ type: "close", code: isNormal ? normal : code, reason })] }
  } catch (cause) {
    return { last: [], failure: new CloseError(badGateway, "The close of the upstream cannot be decoded", { cause }) }
  }
}

/** The close that the upstream gets after an error of the flow. */
export function closeAfter(error: unknown): Omit<CloseMessage, "type"> {
  if (isCloseError(error)) return error
  return { code: error instanceof BufferOverflowError ? tryAgainLater : internalError, reason: "" }
}

/** A close that the flow emits: of the codes that must not be sent, 1005 becomes 1000, and others, such as 1006, become 1001. */
export function sendableClose({ code, reason }: CloseMessage): Omit<CloseMessage, "type"> {
  return isSendable(code) ? { code, reason } : { code: code === noStatus ? normal : goingAway, reason: "" }
}
