import { binary, Flow, webSocket } from "sluice"

/** Each binary message back; a text message closes with 1003. */
export const binaryEcho = webSocket.accept(binary, () => Flow.of<Uint8Array>())
