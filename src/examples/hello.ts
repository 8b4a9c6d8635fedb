import { Hono } from "hono"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Each message back, with a greeting. */
export const hello = new Hono()
protocols.hello.on(
  hello,
  webSocket.accept(protocols.hello, () => Flow.of<string>().map((name) => `Hello ${name}`)),
)
