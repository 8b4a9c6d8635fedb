import { Hono } from "hono"
import { Flow, text, webSocket } from "sluice"
import { expect, it } from "vitest"

it("limits go with the flow", async () => {
  const app = new Hono()
  // #region limits
  app.get(
    "/chat",
    webSocket.accept(text, () => Flow.of<string>(), {
      limits: { maxMessageSize: 4096, messagesPerSecond: 20, maxQueuedMessages: 64, queueOverflow: "dropHead" },
      compression: false,
    }),
  )
  // #endregion
  expect((await app.request("/chat")).status).toBe(426)
})
