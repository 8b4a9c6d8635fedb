import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"

const app = new Hono()

app.get(
  "/echo",
  webSocket.accept(text, () => Flow.of<string>()),
)

export default app
