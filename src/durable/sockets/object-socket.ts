/** What an object needs of a socket: a `WebSocket`, or what stands for one that a session has lost. */
export interface ObjectSocket
  extends Pick<WebSocket, "send" | "close" | "readyState" | "serializeAttachment" | "deserializeAttachment"> {
  /** Older runtimes do not tell. */
  readonly bufferedAmount?: number
}
