import { type Context, Hono } from "hono"
import { webSocket } from "sluice"
import demo from "../../../src/worker.ts"
import type { ActorBench } from "./actor-bench.ts"
import type { Holder } from "./holder.ts"
import type { Scripted } from "./scripted.ts"

export { HubRoom } from "../../../src/examples/hub-room.ts"
export * from "../../../src/worker.ts"
export { ActorBench } from "./actor-bench.ts"
export { Bench, Pinned, PinnedFlow } from "./bench.ts"
export { Holder } from "./holder.ts"
export { KeyValue } from "./key-value.ts"
export { Scripted } from "./scripted.ts"

/** The objects that tests look into. */
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
}

interface Env {
  Bindings: Objects
}

const app = new Hono<Env>()

app.get(
  "/bench/:id/:flow/:name?",
  webSocket.acceptIn((c: Context<Env, "/bench/:id/:flow/:name?">) => c.env.BENCH.getByName(c.req.param("id")), {
    headers: ["X-Kept"],
    given: (c) => ({ user: c.req.query("user") }),
  }),
)
app.get(
  "/actors/:id/:flow/:name?",
  webSocket.acceptIn((c: Context<Env, "/actors/:id/:flow/:name?">) => c.env.ACTOR_BENCH.getByName(c.req.param("id"))),
)
app.get(
  "/pinned/:id",
  webSocket.acceptIn((c: Context<Env, "/pinned/:id">) => c.env.PINNED.getByName(c.req.param("id"))),
)
app.get(
  "/hub-rooms/:room",
  webSocket.acceptIn((c: Context<Env, "/hub-rooms/:room">) => c.env.HUB_ROOM.getByName(c.req.param("room")), {
    given: (c) => ({ name: c.req.query("name") }),
  }),
)
// As the demo's, but in an object that the test knows.
app.get(
  "/actor-stopwatches/:id",
  webSocket.acceptIn((c: Context<Env, "/actor-stopwatches/:id">) => c.env.ACTOR_STOPWATCH.getByName(c.req.param("id"))),
)
app.get(
  "/scripted/:id",
  webSocket.acceptIn((c: Context<Env, "/scripted/:id">) => c.env.SCRIPTED.getByName(c.req.param("id")), {
    given: (c) => JSON.parse(c.req.query("data") ?? "null"),
  }),
)
// What an author must not do: the request goes to the object as it came.
app.get("/raw/:id", (c) => c.env.BENCH.getByName(c.req.param("id")).fetch(c.req.raw))
app.route("/", demo)

export default app
