import { Hono } from "hono"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ActorRef, Sink as ActorSink, Source as ActorSource, Props } from "sluice/actor"
import { FlowObject, remoteActor } from "sluice/durable"
import { ChatRoom } from "../../durable-objects/chat-room.ts"
import { Stopwatch } from "../../durable-objects/stopwatch.ts"
import { append, emptyJournal, type Journal } from "./journal.ts"
import { type Ask, BeatActor, type Frame, type Join, JournalActor, ParentActor, TimerActor } from "./journal-actors.ts"
import { PresenceActor } from "./presence-actor.ts"

const frames = text.contramap((frame: Frame) => JSON.stringify(frame))

/** A journal in a cell. */
class CellJournal extends FlowObject {
  private readonly journal = this.cell("journal", emptyJournal)

  protected accept() {
    const adding = Sink.forEach((entry: string) => this.journal.update((journal) => append(journal, entry)))
    const journals = Source.single(this.journal.get()).concat(this.journal.changes)
    return webSocket.endpoint(frames, Flow.fromSinkAndSource(adding, journals))
  }
}

/** A journal in the state of a stage of a shared graph. */
class GraphJournal extends FlowObject {
  private readonly entries = this.hub<string>("entries")
  private readonly journal = this.share("journal", this.entries.source({ bufferSize: 1000 }).scan(emptyJournal, append))

  protected accept() {
    return webSocket.endpoint(frames, Flow.fromSinkAndSource(this.entries.sink(), this.journal))
  }
}

/** Objects whose clients are members of an actor. */
abstract class ActorObject extends FlowObject {
  protected abstract readonly journal: ActorRef<string | Join>

  protected accept() {
    const member = ActorSource.actorRef<Frame>({ bufferSize: 1000 })
    const toJournal = ActorSink.actorRef<string | Join>(this.journal, { onInitMessage: { member: member.ref } })
    return webSocket.endpoint(frames, Flow.fromSinkAndSource(Flow.of<string>().to(toJournal), member.source))
  }
}

class ActorJournal extends ActorObject {
  protected readonly journal = this.actor<string | Join>("journal", Props.of(JournalActor))
}

class ChildJournal extends ActorObject {
  protected readonly journal = this.actor<string | Join>("journal", Props.of(ParentActor))
}

class Presence extends ActorObject {
  protected readonly journal = this.actor<string | Join>("presence", Props.of(PresenceActor))
}

class TimerJournal extends ActorObject {
  protected readonly journal = this.actor<string | Join>("journal", Props.of(TimerActor))
}

class BeatJournal extends ActorObject {
  protected readonly journal = this.actor<string | Join>("journal", Props.of(BeatActor))
}

/** Counts what each client has sent, in a connection that outlives its sockets and its process. */
class CountingSession extends FlowObject {
  protected accept() {
    const counting = Flow.of<string>().statefulMap(
      () => 0,
      (count, message) => [count + 1, `${count + 1}: ${message}`],
    )
    return webSocket.endpoint(text, counting, { resume: { within: "1 hour", durable: true } })
  }
}

/** A class is bound by the name under which it is exported, which is the kind of object in an address. */
export {
  ActorJournal as actor,
  BeatJournal as beat,
  CellJournal as cell,
  ChatRoom as room,
  ChildJournal as child,
  CountingSession as session,
  GraphJournal as graph,
  Presence as presence,
  Stopwatch as stopwatch,
  TimerJournal as timer,
}

interface Env {
  Bindings: Record<string, DurableObjectNamespace>
}

const app = new Hono<Env>()

/** Adds the entry of a client by an ask of the actor from outside its object. */
app.get("/ask/:id/:entry", async (c) => {
  const namespace = c.env.actor
  if (!namespace) return c.notFound()
  const question: Ask = { entry: c.req.param("entry") }
  return c.json(await remoteActor<Ask>(namespace, c.req.param("id"), "journal").ask<Journal>(question, "10 seconds"))
})

app.get("/:kind/:id", async (c) => {
  const { kind, id } = c.req.param()
  const data = kind === "room" ? { name: c.req.query("name") ?? "nameless" } : undefined
  const namespace = c.env[kind]
  return namespace ? webSocket.forward(c, namespace.getByName(id), { data }) : c.notFound()
})

export default app
