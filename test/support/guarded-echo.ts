import { Hono } from "hono"
import { checkOrigin, Flow, sameOrigin, text, webSocket } from "sluice"

/** An echo behind `checkOrigin`, and one without it. */
const app = new Hono()
const echo = webSocket.accept(text, () => Flow.of<string>())

app.use("/guarded", checkOrigin(sameOrigin))
app.get("/guarded", echo)
app.get("/open", echo)

export default app
