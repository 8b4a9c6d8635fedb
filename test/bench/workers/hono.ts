import { Hono } from "hono"
import { upgradeWebSocket } from "hono/cloudflare-workers"
import { shout } from "./messages.ts"

export default new Hono()
  .get(
    "/echo",
    upgradeWebSocket(() => ({
      onMessage(event, socket) {
        if (typeof event.data === "string") socket.send(shout(event.data))
      },
    })),
  )
  .get("/", (c) => c.text("ready"))
