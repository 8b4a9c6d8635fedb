import { type Context, Hono } from "hono"
import { Flow, json, text, webSocket } from "sluice"
import { Actor, type ActorRef, Props, Sink, Source } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { instances } from "./instances.ts"
import { InEvent, OutEvent, shout, timerDelay } from "./messages.ts"

export class EchoObject extends FlowObject {
  readonly instance = ++instances.made

  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>().map(shout))
  }
}

/** Its connections outlive their sockets. */
export class ResumingObject extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>().map(shout), { resume: { within: "1 minute" } })
  }
}

/** Its connections outlive crashes, too. */
export class DurableEchoObject extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>().map(shout), { resume: { within: "1 minute", durable: true } })
  }
}

export class CounterObject extends FlowObject {
  protected accept() {
    const counted = Flow.of<string>().statefulMap(
      () => 0,
      (count) => [count + 1, String(count + 1)],
    )
    return webSocket.endpoint(text, counted)
  }
}

export class RoomObject extends FlowObject {
  readonly instance = ++instances.made
  private readonly said = this.hub<string>("room")

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.said.sink(), this.said.source()))
  }
}

/** Keeps the last messages in a log. */
export class KeepingRoomObject extends FlowObject {
  private readonly said = this.hub<string>("room", { keep: 1000 })

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.said.sink(), this.said.source()))
  }
}

/** Its members resume, and get their missed messages. */
export class ResumingRoomObject extends FlowObject {
  private readonly said = this.hub<string>("room", { keep: 1000 })

  protected accept() {
    const flow = Flow.fromSinkAndSource(this.said.sink(), this.said.source())
    return webSocket.endpoint(text, flow, { resume: { within: "1 minute" } })
  }
}

/** Clients with `sluice.batch` get the messages of 10 milliseconds in one frame. */
export class GatheringRoomObject extends FlowObject {
  private readonly said = this.hub<string>("room", { batchWindow: 10 })

  protected accept() {
    const everybody = this.said.source({ bufferSize: 10_000, overflow: "fail" })
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.said.sink(), everybody), { batch: true })
  }
}

type Said = { member: ActorRef<string> } | { text: string }

class Room extends Actor<Said | null> {
  receive(said: Said | null) {
    if (said === null) return
    if ("member" in said) this.context.watchWith(said.member, null)
    else this.context.watched.tell(said.text)
  }
}

export class ActorRoomObject extends FlowObject {
  private readonly room = this.actor("room", Props.of(Room))

  protected accept() {
    const member = Source.actorRef<string>()
    const said = Flow.of<string>().map((text): Said => ({ text }))
    const toRoom = said.to(Sink.actorRef<Said | null>(this.room, { onInitMessage: { member: member.ref } }))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(toRoom, member.source))
  }
}

type Told = { member: ActorRef<string> } | { count: number } | "fired" | "left"

/** Sets timers, and sends a message when all of them have fired. */
class Clockwork extends Actor<Told> {
  private left = 0

  receive(told: Told) {
    if (told === "fired") {
      if (--this.left === 0) this.context.watched.tell("fired")
    } else if (told === "left") {
      this.left = 0
    } else if ("member" in told) {
      this.context.watchWith(told.member, "left")
    } else {
      this.left = told.count
      for (let n = 0; n < told.count; n++) this.timers.startSingleTimer(`timer ${n}`, "fired", timerDelay)
    }
  }
}

export class TimersObject extends FlowObject {
  private readonly clockwork = this.actor("clockwork", Props.of(Clockwork).withMailbox({ capacity: 100_000 }))

  protected accept() {
    const member = Source.actorRef<string>()
    const counts = Flow.of<string>().map((count): Told => ({ count: Number(count) }))
    const toClockwork = counts.to(Sink.actorRef<Told>(this.clockwork, { onInitMessage: { member: member.ref } }))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(toClockwork, member.source))
  }
}

type Objects =
  | "EchoObject"
  | "ResumingObject"
  | "DurableEchoObject"
  | "CounterObject"
  | "RoomObject"
  | "KeepingRoomObject"
  | "ResumingRoomObject"
  | "GatheringRoomObject"
  | "ActorRoomObject"
  | "TimersObject"
type Bindings = { Bindings: Record<Objects, DurableObjectNamespace> }

const object = (name: Objects) => (c: Context<Bindings>) => webSocket.forward(c, c.env[name].getByName("it"))

const app = new Hono<Bindings>()
  .get(
    "/echo",
    webSocket.accept(text, () => Flow.of<string>().map(shout)),
  )
  .get(
    "/model",
    webSocket.accept(json(InEvent, OutEvent), () => Flow.of<InEvent>().map(({ foo }) => ({ bar: foo }))),
  )
  .get("/object", object("EchoObject"))
  .get("/resuming", object("ResumingObject"))
  .get("/durable", object("DurableEchoObject"))
  .get("/resuming-room", object("ResumingRoomObject"))
  .get("/keeping-room", object("KeepingRoomObject"))
  .get("/counter", object("CounterObject"))
  .get("/room", object("RoomObject"))
  .get("/gathering-room", object("GatheringRoomObject"))
  .get("/timers", object("TimersObject"))
  .get("/actor-room", object("ActorRoomObject"))
  .get("/instances", (c) => c.text(String(instances.made)))
  .get("/", (c) => c.text("ready"))

export default app
