import { type Data, largestFrame, type TextFormat } from "../../session/frame.ts"
import { CloseCode, CloseError } from "../../socket/close.ts"
import type { SessionConnection } from "./session-connection.ts"

/** The messages of a client's frame. Throws a `CloseError` with 1009 for a frame that is too large, and with 1002 for one that is none. */
export function messagesOf({ sessionSocket, endpoint }: SessionConnection, data: Data): readonly unknown[] {
  const { format, limits } = endpoint
  if (data.length > largestFrame(typeof data === "string" ? format : "binary", limits.maxMessageSize))
    throw new CloseError(CloseCode.messageTooBig, `A message may have ${limits.maxMessageSize} bytes`)
  try {
    return sessionSocket.session.receive(data)
  } catch (cause) {
    sessionSocket.isOver = true
    throw new CloseError(CloseCode.protocolError, "Not a frame of sluice.1", { cause })
  }
}

/** A message as a plain frame has it; `undefined` for a value that is nested so deep that its JSON cannot be made again. */
export function plainFrame(message: unknown, format: TextFormat): Data | undefined {
  if (message instanceof Uint8Array) return message
  if (format === "text") return (message as string).toWellFormed()
  try {
    return JSON.stringify(message)
  } catch {
    return undefined
  }
}
