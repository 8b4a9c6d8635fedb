import { Flow, type JsonValue, json, webSocket } from "sluice"

/** Each JSON value back; what is not JSON closes with 1003. */
export const jsonEcho = webSocket.accept(json(), () => Flow.of<JsonValue>())
