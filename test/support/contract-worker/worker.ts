import { type Context, Hono, type Next } from "hono"
import { bearerAuth } from "hono/bearer-auth"
import { setCookie } from "hono/cookie"
import { cors } from "hono/cors"
import { logger } from "hono/logger"
import { poweredBy } from "hono/powered-by"
import { requestId } from "hono/request-id"
import { secureHeaders } from "hono/secure-headers"
import { timing } from "hono/timing"
import { checkOrigin, Flow, metrics, Sink, Source, sameOrigin, text, toDataPoint, webSocket } from "sluice"
import { notUpgradable, rejection } from "../../../src/socket/refusal.ts"
import { upgradeTo } from "../../../src/socket/upgrade.ts"
import { accepting } from "./accepting.ts"
import type { ContractObject } from "./contract-object.ts"
import { endpointOf, openGate } from "./endpoints.ts"
import { askedFor } from "./guarded.ts"
import { Notes } from "./notes.ts"

export { ContractObject } from "./contract-object.ts"

addEventListener("unhandledrejection", ({ reason }) => Notes.toAll("unhandled rejection:", reason))

interface Bound {
  Bindings: { CONTRACT: DurableObjectNamespace<ContractObject> }
}
type Called = Context<Bound, "/:name">

/** The id of the test. */
const idOf = (c: Context) => c.req.query("id") ?? ""
const objectOf = (c: Context<Bound>) => c.env.CONTRACT.getByName(idOf(c))

const app = new Hono<Bound>()

app.use("/:target/text", requestId(), cors({ origin: "https://example.com" }))
app.use("/:target/text", async (c, next) => {
  c.header("X-Before", "c.header")
  await next()
})
for (const name of ["fetched", "redirected", "rejected"])
  app.use(`/:target/${name}`, poweredBy(), secureHeaders(), timing())
app.use("/:target/headers", async (c, next) => {
  c.header("X-Own", "overruled")
  c.header("X-Before", "c.header")
  c.header("Sec-WebSocket-Protocol", "forged")
  setCookie(c, "before", "1")
  await next()
  setCookie(c, "after", "1")
})
app.use("/:target/guarded", cors({ origin: "https://example.com", credentials: true }))
app.use("/:target/guarded", logger())
app.use("/:target/guarded", async (c, next) => {
  await next()
  c.header("X-After-Next", "c.header")
  c.res.headers.set("X-Also-After-Next", "c.res.headers")
})
app.use("/:target/guarded", bearerAuth({ token: "let-me-in" }))

app.use("/:target/same-origin", checkOrigin(sameOrigin))
app.use("/:target/listed", checkOrigin(["https://example.com", sameOrigin]))

const accept = (c: Called) => accepting[c.req.param("name")]?.(c)

/** The handlers of the Worker target that may reject. */
const rejecting = webSocket.acceptOrResult(text, async (c: Called) => (await accept(c)) ?? Flow.of<string>())

const targets = {
  worker: async (c: Called, next: Next) => {
    const name = c.req.param("name")
    if (name in accepting && name !== "headers") return rejecting(c, next)
    await accept(c)
    return notUpgradable(c) ?? upgradeTo(c, endpointOf(name, c.req.query()))
  },
  // A refusal that was fetched is the object's own here.
  object: async (c: Called) => {
    const refusal = notUpgradable(c)
    if (refusal) return refusal
    const answer = c.req.param("name") === "fetched" ? undefined : await accept(c)
    // A copy, because Hono cannot add headers of middleware to `Response.redirect`.
    return answer ? rejection(answer) : webSocket.forward(c, objectOf(c), { data: c.req.query("name") })
  },
}

for (const [target, handler] of Object.entries(targets)) {
  app.get(`/${target}/:name`, handler)
  app.post(`/${target}/posted`, handler)
  app.all(`/${target}/for-all/:name`, handler)
  app.get(`/${target}/counted/:name`, handler)
  const apologetic = new Hono<Bound>().onError((_, c) => c.text("We are sorry", 503))
  apologetic.get("/:name", handler)
  app.route(`/${target}/apologetic`, apologetic)
}

app.get("/metrics", (c) => {
  const endpoint = c.req.query("endpoint") ?? ""
  const counted = metrics().get(endpoint)
  if (!counted) return c.notFound()
  return c.json({ ...counted, closes: Object.fromEntries(counted.closes), point: toDataPoint(endpoint, counted) })
})
app.get("/asked-for", (c) => c.text(String(askedFor(idOf(c)))))

/** The notes of a test's flows, one message a line. Received messages are noted too. */
const log = webSocket.accept(text, (c) => {
  const notes = Notes.of(idOf(c))
  return Flow.fromSinkAndSource(
    Sink.forEach<string>((line) => notes.add(line)),
    Source.range(0, Infinity).mapAsync(1, notes.at),
  )
})

app.get("/log", log)
app.post("/log/:line", (c) => {
  // An error takes longer to reach the log than a text, and most of the lines before are errors.
  console.error(new Error(c.req.param("line")))
  return c.body(null, 204)
})
app.post("/worker/gate", (c) => {
  openGate(idOf(c))
  return c.body(null, 204)
})
app.post("/object/crash", async (c) => {
  await objectOf(c)
    .crash()
    .catch(() => {})
  return c.body(null, 204)
})
app.post("/object/gate", async (c) => {
  await objectOf(c).openGate(idOf(c))
  return c.body(null, 204)
})

export default app
