import { type Context, Hono } from "hono"
import { webSocket } from "sluice"
import demo from "../../../src/worker.ts"

export * from "../../../src/worker.ts"
export { Bench } from "./bench.ts"

const app = new Hono<{ Bindings: Cloudflare.Env }>()
app.get("/bench/:id/:flow", webSocket.acceptIn((c: Context<{ Bindings: Cloudflare.Env }, "/bench/:id/:flow">) => c.env.BENCH.getByName(c.req.param("id"))))
app.route("/", demo)
export default app
