import { CloseCode } from "./close.ts"
import type { Data } from "./codec.ts"
import type { Socket } from "./connection.ts"
import type { AnyConnection } from "./endpoint.ts"

/**
 * Attaches a connection to a new `WebSocketPair` in a plain Worker. The connection is made by `connect` and opened at once.
 *
 * @returns the client's end, for the 101 response
 */
export function attach(connect: (socket: Socket) => AnyConnection): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair()
  // From compatibility date 2026-03-17 the default is "blob".
  server.binaryType = "arraybuffer"
  const connection = connect(server)
  server.addEventListener("message", ({ data }) => connection.message(toData(data)))
  server.addEventListener("close", ({ code, reason }) => {
    if (code === CloseCode.abnormal) connection.dropped()
    else connection.closed(code, reason)
  })
  server.addEventListener("error", () => connection.dropped())
  server.accept()
  connection.open()
  return client
}

/** Bytes as a view; the runtime gives them as an `ArrayBuffer`. */
export function toData(data: string | ArrayBuffer): Data {
  return typeof data === "string" ? data : new Uint8Array(data)
}
