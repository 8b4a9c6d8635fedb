import { Hono } from "hono"
import { Flow, webSocket } from "sluice"
import { protocols } from "./protocols.ts"

/** Each message back. */
export const echo = new Hono()
protocols.echo.on(
  echo,
  webSocket.accept(protocols.echo, () => Flow.of<string>()),
)
