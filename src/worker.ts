import { Hono } from "hono"
import { requestId } from "hono/request-id"
import { checkOrigin, sameOrigin } from "sluice"
import { actorEcho } from "./examples/actor-echo.ts"
import { actorStop } from "./examples/actor-stop.ts"
import { actorStopwatch } from "./examples/actor-stopwatch.ts"
import { binaryEcho } from "./examples/binary.ts"
import { close } from "./examples/close.ts"
import { control } from "./examples/control.ts"
import { echo } from "./examples/echo.ts"
import { goodbye } from "./examples/goodbye.ts"
import { greeting } from "./examples/greeting.ts"
import { handshake } from "./examples/handshake.ts"
import { hello } from "./examples/hello.ts"
import { item } from "./examples/items.ts"
import { jsonEcho } from "./examples/json.ts"
import { limits } from "./examples/limits.ts"
import { model } from "./examples/model.ts"
import { privateEcho } from "./examples/private.ts"
import { room } from "./examples/room.ts"
import { routes } from "./examples/routes.ts"
import { stopwatch } from "./examples/stopwatch.ts"
import { stopwatchOnRequest } from "./examples/stopwatch-on-request.ts"
import { subprotocol } from "./examples/subprotocol.ts"
import { ticks } from "./examples/ticks.ts"
import { page } from "./web/page.ts"

export { ActorStopwatch } from "../durable-objects/actor-stopwatch.ts"
export { ChatRoom } from "../durable-objects/chat-room.ts"
export { Control } from "../durable-objects/control.ts"
export { Limited } from "../durable-objects/limited.ts"
export { Stopwatch } from "../durable-objects/stopwatch.ts"

interface Bindings {
  STOPWATCH: DurableObjectNamespace
  CONTROL: DurableObjectNamespace
  ACTOR_STOPWATCH: DurableObjectNamespace
  CHAT_ROOM: DurableObjectNamespace
  LIMITED: DurableObjectNamespace
}

const app = new Hono<{ Bindings: Bindings }>()

app.use(requestId())
app.use(checkOrigin(sameOrigin))
app.get("/", page)
app.get(routes.echo.path, echo)
app.get(routes.hello.path, hello)
app.get(routes.binary.path, binaryEcho)
app.get(routes.json.path, jsonEcho)
app.get(routes.model.path, model)
app.get(routes.greeting.path, greeting)
app.get(routes.goodbye.path, goodbye)
app.get(routes.ticks.path, ticks)
app.get(routes.stopwatch.path, stopwatch)
app.get(routes.stopwatchOnRequest.path, stopwatchOnRequest)
app.get(routes.actorEcho.path, actorEcho)
app.get(routes.actorStopwatch.path, actorStopwatch)
app.get(routes.actorStop.path, actorStop)
app.get(routes.room.path, room)
app.get(routes.control.path, control)
app.get(routes.private.path, privateEcho)
app.get(routes.items.path, item)
app.get(routes.close.path, close)
app.get(routes.subprotocol.path, subprotocol)
app.get(routes.handshake.path, handshake)
app.get(routes.limits.path, limits)

export default app
