/** The part of a socket that an object uses: a `WebSocket`, or a `StoredSocket` that stands for one. */
export interface ObjectSocket
  extends Pick<WebSocket, "send" | "close" | "readyState" | "serializeAttachment" | "deserializeAttachment"> {
  /** Older runtimes lack it. */
  readonly bufferedAmount?: number | undefined
}

/** Whether a socket is open. The flow of a closed socket may still run. */
export function isOpen({ readyState }: ObjectSocket): boolean {
  return readyState === WebSocket.OPEN
}

/** Whether a socket has the attachment of a connection, also one that cannot be read. */
export function isAttached(socket: ObjectSocket): boolean {
  try {
    return socket.deserializeAttachment() !== null
  } catch {
    return true
  }
}
