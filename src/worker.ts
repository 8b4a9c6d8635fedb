import { Hono } from "hono"
import { requestId } from "hono/request-id"
import { checkOrigin, sameOrigin } from "sluice"
import { asyncApi } from "sluice/asyncapi"
import { actorEcho } from "./examples/actor-echo.ts"
import { actorStop } from "./examples/actor-stop.ts"
import { actorStopwatch } from "./examples/actor-stopwatch.ts"
import { binaryEcho } from "./examples/binary.ts"
import { close } from "./examples/close.ts"
import { control } from "./examples/control.ts"
import { echo } from "./examples/echo.ts"
import { evict } from "./examples/evict.ts"
import { goodbye } from "./examples/goodbye.ts"
import { greeting } from "./examples/greeting.ts"
import { handshake } from "./examples/handshake.ts"
import { hello } from "./examples/hello.ts"
import { item } from "./examples/items.ts"
import { jsonEcho } from "./examples/json.ts"
import { limits } from "./examples/limits.ts"
import { model } from "./examples/model.ts"
import { privateEcho } from "./examples/private.ts"
import { protocols } from "./examples/protocols.ts"
import { room } from "./examples/room.ts"
import { stopwatch } from "./examples/stopwatch.ts"
import { stopwatchOnRequest } from "./examples/stopwatch-on-request.ts"
import { subprotocol } from "./examples/subprotocol.ts"
import { ticks } from "./examples/ticks.ts"
import { tokens } from "./examples/tokens.ts"
import { documentPage, info } from "./web/document.ts"
import { page } from "./web/page.ts"

export { ActorStopwatch } from "../durable-objects/actor-stopwatch.ts"
export { Control } from "../durable-objects/control.ts"
export { ChatRoom, Stopwatch, Tokens } from "../durable-objects/evictable.ts"
export { Limited } from "../durable-objects/limited.ts"

interface Bindings {
  STOPWATCH: DurableObjectNamespace
  CONTROL: DurableObjectNamespace
  ACTOR_STOPWATCH: DurableObjectNamespace
  CHAT_ROOM: DurableObjectNamespace
  LIMITED: DurableObjectNamespace
  TOKENS: DurableObjectNamespace
}

const app = new Hono<{ Bindings: Bindings }>()

app.use(requestId())
app.use(checkOrigin(sameOrigin))
app.get("/", page)
app.get("/asyncapi", documentPage)
app.get("/asyncapi.json", asyncApi(info, Object.values(protocols)))
app.route("/", echo)
app.route("/", hello)
app.route("/", binaryEcho)
app.route("/", jsonEcho)
app.route("/", model)
app.route("/", greeting)
app.route("/", goodbye)
app.route("/", ticks)
app.route("/", stopwatch)
app.route("/", stopwatchOnRequest)
app.route("/", tokens)
app.route("/", actorEcho)
app.route("/", actorStopwatch)
app.route("/", actorStop)
app.route("/", room)
app.route("/", control)
app.route("/", privateEcho)
app.route("/", item)
app.route("/", close)
app.route("/", subprotocol)
app.route("/", handshake)
app.route("/", limits)
app.route("/", evict)

export default app
