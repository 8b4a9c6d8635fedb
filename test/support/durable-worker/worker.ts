import { Hono } from "hono"
import { webSocket } from "sluice"
import demo from "../../../src/worker.ts"
import type { ActorBench } from "./actor-bench.ts"
import type { Holder } from "./holder.ts"
import type { Scripted } from "./scripted.ts"
import type { Workbench } from "./workbench.ts"

export { HubRoom } from "../../../src/examples/hub-room.ts"
export * from "../../../src/worker.ts"
export { ActorBench } from "./actor-bench.ts"
export { Bench, Pinned, PinnedFlow } from "./bench.ts"
export { Holder } from "./holder.ts"
export { KeyValue } from "./key-value.ts"
export { Scripted } from "./scripted.ts"
export { Workbench } from "./workbench.ts"

/** The objects whose internals tests read. */
export interface Objects {
  STOPWATCH: DurableObjectNamespace
  CONTROL: DurableObjectNamespace
  CHAT_ROOM: DurableObjectNamespace
  HUB_ROOM: DurableObjectNamespace
  ACTOR_STOPWATCH: DurableObjectNamespace
  BENCH: DurableObjectNamespace
  ACTOR_BENCH: DurableObjectNamespace<ActorBench>
  HOLDER: DurableObjectNamespace<Holder>
  PINNED: DurableObjectNamespace
  PINNED_FLOW: DurableObjectNamespace
  SCRIPTED: DurableObjectNamespace<Scripted>
  KEY_VALUE: DurableObjectNamespace
  WORKBENCH: DurableObjectNamespace<Workbench>
}

interface Env {
  Bindings: Objects
}

const app = new Hono<Env>()

app.get("/bench/:id/:flow/:name?", (c) => {
  const data = { user: c.req.query("user") }
  return webSocket.forward(c, c.env.BENCH.getByName(c.req.param("id")), { headers: ["X-Kept"], data })
})
app.get("/actors/:id/:flow/:name?", (c) => webSocket.forward(c, c.env.ACTOR_BENCH.getByName(c.req.param("id"))))
app.get("/pinned/:id", (c) => webSocket.forward(c, c.env.PINNED.getByName(c.req.param("id"))))
app.get("/hub-rooms/:room", (c) => {
  const data = { name: c.req.query("name") ?? "" }
  return webSocket.forward(c, c.env.HUB_ROOM.getByName(c.req.param("room")), { data })
})
// As in the demo, but in an object of the test.
app.get("/actor-stopwatches/:id", (c) => webSocket.forward(c, c.env.ACTOR_STOPWATCH.getByName(c.req.param("id"))))
app.get("/scripted/:id", (c) => {
  const data = JSON.parse(c.req.query("data") ?? "null")
  return webSocket.forward(c, c.env.SCRIPTED.getByName(c.req.param("id")), { data })
})
// A mistake of an author: the request goes to the object unchanged.
app.get("/raw/:id", (c) => c.env.BENCH.getByName(c.req.param("id")).fetch(c.req.raw))
app.route("/", demo)

export default app
