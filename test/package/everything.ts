import { Hono } from "hono"
import { getCookie } from "hono/cookie"
import { checkOrigin, Flow, json, sameOrigin, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { connect } from "sluice/client"
import { FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { route } from "sluice/routing"
import { Say } from "./say.ts"
import readme from "./worker.ts"

class Echo extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`actor: ${message}`)
  }
}

/** A room that sends each message to all members. */
export class Room extends FlowObject<unknown, { user: string }> {
  private readonly said = this.hub<string>("said")

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.said.sink(), this.said.source()))
  }
}

type Env = { Bindings: { ROOM: DurableObjectNamespace<Room> }; Variables: { user: string } }

const item = route("/items/:id").withQuery<{ lang?: string }>()
const room = route("/rooms/:room")

/** A protocol, whose types both sides infer from the declarations of the package. */
const speech = protocol("/speech/:id", { receives: Say, sends: text, closes: { 4001: "Enough" } })
export const dial = (base: string) => connect(speech, { id: 1 }, { base }).closed.then(({ code }) => code === 4001)

const sub = new Hono<Env>()
speech.on(sub, (c) =>
  webSocket.upgrade(
    c,
    speech,
    Flow.of<Say>().map(({ say }) => `${c.req.param("id")}: ${say}`),
  ),
)
item.on(sub, (c) => {
  const flow = Flow.of<Say>().map(({ say }) => ({ said: say, id: c.req.param("id"), user: c.get("user") }))
  return webSocket.upgrade(c, json(Say), flow, {
    headers: { "X-Item": c.req.param("id") },
    cookies: { seen: { value: "1", httpOnly: true } },
  })
})
room.on(sub, (c) => webSocket.forward(c, c.env.ROOM.getByName(c.req.param("room")), { data: { user: c.get("user") } }))
sub.get("/page", (c) => c.json([item.url(c, { id: 7, lang: "en" }), room.url(c, { room: "lobby" })]))

const app = new Hono<Env>()
app.use(checkOrigin(sameOrigin))
app.use(async (c, next) => {
  c.set("user", "ann")
  await next()
})
app.get(
  "/actor",
  webSocket.accept(text, () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Echo, out))),
)
app.get(
  "/private",
  webSocket.acceptOrResult(text, (c) =>
    getCookie(c, "user") === "bob" ? Flow.of<string>() : c.text("Forbidden", 403),
  ),
)
app.route("/", readme)
app.route("/api/v1", sub)

export default app
