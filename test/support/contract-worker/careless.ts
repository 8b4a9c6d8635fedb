import { type Endpoint, Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import type { Query } from "./query.ts"

/** A mistake of an author in a plain Worker: keeps handles of the flows of other requests, by the id of the test. */
const kept = new Map<string, Set<(message: string) => void>>()

function keptFor({ id = "" }: Query): Set<(message: string) => void> {
  const found = kept.get(id) ?? new Set()
  kept.set(id, found)
  return found
}

/** Sends messages with this beginning to all, the others first. All other messages go back to their sender. */
function answer(message: string, own: (message: string) => void, { id = "" }: Query): void {
  if (!message.startsWith("all: ")) own(message)
  else for (const tell of keptFor({ id })) tell(message)
}

class Careless extends Actor<string> {
  constructor(
    private readonly out: ActorRef<string>,
    private readonly query: Query,
  ) {
    super()
  }

  override preStart() {
    keptFor(this.query).add((message) => this.self.tell(`told ${message}`))
  }

  receive(message: string) {
    answer(message, (text) => this.out.tell(text), this.query)
  }
}

export const careless: Record<string, (query: Query) => Endpoint> = {
  "shares-queue"(query) {
    const queue = Source.queue<string>(16)
    const own = (message: string) => void queue.offer(message)
    keptFor(query).add(own)
    return webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(
        Sink.forEach((message) => answer(message, own, query)),
        queue.source,
      ),
    )
  },
  "ends-queue"(query) {
    const queue = Source.queue<string>(16)
    keptFor(query).add(() => queue.complete())
    const own = (message: string) => void queue.offer(message)
    return webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(
        Sink.forEach((message) => answer(message, own, query)),
        queue.source,
      ),
    )
  },
  "shares-actor": (query) =>
    webSocket.endpoint(
      text,
      ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Careless, out, query)),
    ),
}
