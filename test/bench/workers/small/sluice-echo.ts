import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"
import { shout } from "../messages.ts"

export default new Hono()
  .get(
    "/echo",
    webSocket.accept(text, () => Flow.of<string>().map(shout)),
  )
  .get("/", (c) => c.text("ready"))
