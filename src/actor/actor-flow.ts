import { requirePositiveInteger } from "../stream/argument.ts"
import { Flow } from "../stream/flow.ts"
import type { Props } from "./actor.ts"
import type { ActorRef } from "./actor-ref.ts"
import { type ActorSourceOptions, ActorSourceStage, SourceRef } from "./actor-source.ts"
import { ActorStage } from "./actor-stage.ts"
import { stopping } from "./supervision.ts"

/** Flows that are actors. */
export const ActorFlow = {
  /**
   * A flow that is an actor of its own for each connection. It is told the messages that come in, and the messages that it tells
   * `out` go to the client. Its end closes the socket, with 1000 or as its failure says, and it stops when the socket is closed.
   *
   * - **Emits when** the actor tells `out` something and downstream wants it
   * - **Backpressures when** never: the mailbox and the buffer are what is bounded
   * - **Completes when** the actor stops, after what it told `out` before
   * - **Cancels when** the actor stops
   * - **Hibernates:** keeps the actor's state, its timers, its children and what waits
   *
   * @example
   * ```ts
   * class Echo extends Actor<string> {
   *   constructor(private readonly out: ActorRef<string>) {
   *     super()
   *   }
   *   receive(message: string) {
   *     this.out.tell(message)
   *   }
   * }
   * const echo = ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Echo, out))
   * ```
   */
  actorRef<In, Out>(
    props: (out: ActorRef<Out>) => Props<In>,
    { bufferSize = 16, overflow = "dropNew" }: ActorSourceOptions = {},
  ): Flow<In, Out> {
    requirePositiveInteger("The bufferSize of an actorRef", bufferSize)
    return new Flow([
      {
        name: "actorFlow",
        hibernates: "keeps",
        build(wiring, last) {
          const out = new SourceRef<Out>()
          const actor = new ActorStage<In>(() => props(out), { strategy: stopping, recovers: false })
          const source = new ActorSourceStage(out, bufferSize, overflow, () => actor.stop())
          actor.onEnd = (failure) => (failure ? source.failDown(failure.error) : source.end())
          actor.leadsTo = source
          wiring.add(actor, last)
          return wiring.add(source, undefined)
        },
      },
    ])
  },
}
