import { Flow, text, webSocket } from "sluice"

/** Each message back, with a greeting. */
export const hello = webSocket.accept(text, () => Flow.of<string>().map((name) => `Hello ${name}`))
