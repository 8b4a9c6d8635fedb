/** The part of a socket that an object uses: a `WebSocket`, or the stand-in for one that a session has lost. */
export interface ObjectSocket
  extends Pick<WebSocket, "send" | "close" | "readyState" | "serializeAttachment" | "deserializeAttachment"> {
  /** Older runtimes lack it. */
  readonly bufferedAmount?: number | undefined
}
