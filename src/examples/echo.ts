import { Flow, text, webSocket } from "sluice"

/** Each message back. */
export const echo = webSocket.accept(text, () => Flow.of<string>())
