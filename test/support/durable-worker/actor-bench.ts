import { type Endpoint, Flow, text, webSocket } from "sluice"
import { ActorFlow, type ActorRef, oneForOne, Props, Sink, Source } from "sluice/actor"
import { type ConnectionInfo, FlowObject, remoteActor } from "sluice/durable"
import { Counter, Group, type Join } from "./actors.ts"
import { counted, countingBuilds } from "./world.ts"

/** The binding of the class itself. */
interface Bindings {
  ACTOR_BENCH: DurableObjectNamespace
}

/** Any flow to actors, by the name in the path. The object's actors report their actions to every client of `talk`. */
export class ActorBench extends FlowObject<Bindings> {
  private readonly news = this.hub<string>("news")
  private readonly log = { tell: (text: string) => this.news.publish(text) }
  private readonly counter = this.actor("counter", Props.of(Counter, this.log))
  private readonly resumed = this.actor("resumed", Props.of(Counter, this.log), {
    supervisorStrategy: oneForOne(() => "resume"),
  })
  private readonly restarted = this.actor("restarted", Props.of(Counter, this.log), {
    supervisorStrategy: oneForOne(() => "restart"),
  })
  readonly group = this.actor("group", Props.of(Group, this.log, this.counter))

  protected accept({ params: { flow = "", name = "" } }: ConnectionInfo): Endpoint {
    const endpoint = this.flows[flow]?.(name)
    if (!endpoint) throw new Error(`There is no flow ${flow}`)
    return countingBuilds(endpoint)
  }

  /** A mistake of an author of a class. */
  actorCalled(name: string): void {
    this.actor(name, Props.of(Counter, this.log))
  }

  private readonly flows: Record<string, (name: string) => Endpoint> = {
    /** Tells an actor of the object. */
    talk: (name) => {
      const told: Record<string, ActorRef<string>> = {
        counter: this.counter,
        resumed: this.resumed,
        restarted: this.restarted,
        group: this.group,
      }
      const sink = Sink.forEach((text: string) => told[name]?.tell(text))
      return webSocket.endpoint(text, Flow.fromSinkAndSource(sink, this.news.source({ bufferSize: 100 })))
    },
    /** Lasts as long as the actor that it tells. */
    until: () => webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.actorRef(this.counter), Source.never<string>())),
    /** An actor of the connection's own. */
    own: () =>
      webSocket.endpoint(
        text,
        ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Counter, out, this.log)),
      ),
    /** An actor of the connection's own that can watch the counter of the object. */
    watcher: () =>
      webSocket.endpoint(
        text,
        ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Group, out, this.counter)),
      ),
    /** A member of the group. */
    member: (name) => {
      const member = Source.actorRef<string>()
      const join: Join = { member: member.ref, farewell: name === "" ? undefined : `${name} has left` }
      const sink = Sink.actorRef<string | Join>(this.group, { onInitMessage: join })
      return webSocket.endpoint(counted, Flow.fromSinkAndSource(sink, member.source))
    },
    /** Tells the counter of another object. */
    tell: (name) => {
      const far = remoteActor<string>(this.env.ACTOR_BENCH, name, "counter")
      const sink = Sink.forEach((text: string) => far.tell(text))
      return webSocket.endpoint(text, Flow.fromSinkAndSource(sink, Source.never<string>()))
    },
    /** Asks it. */
    ask: (name) => {
      const far = remoteActor<string>(this.env.ACTOR_BENCH, name, "counter")
      const asking = Flow.of<string>().mapAsync(1, (text) => far.ask<number>(text, "1 second"))
      return webSocket.endpoint(text, asking.map(String))
    },
  }
}
