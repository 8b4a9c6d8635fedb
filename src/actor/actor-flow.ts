import { checkFunctions } from "../stream/checks.ts"
import { Flow } from "../stream/flow.ts"
import type { ActorRef } from "./actor-ref.ts"
import { type ActorSourceOptions, ActorSourceStage, checkedBuffer, SourceRef } from "./actor-source.ts"
import { ActorStage } from "./actor-stage.ts"
import type { Props } from "./props.ts"
import { stopping } from "./supervision.ts"

/** Flows that are actors. */
export const ActorFlow = {
  /**
   * A flow that runs one actor for each connection. The actor gets every incoming message, and the messages that it tells `out` go
   * to the client. When the actor stops, the socket closes with 1000; when it fails, with the code of its `CloseError` or 1011. When
   * the socket closes, the actor stops. As Play's `ActorFlow.actorRef`, with a bounded mailbox.
   *
   * - **Emits when** the actor has sent `out` a message and downstream has demand
   * - **Backpressures when** never: the mailbox and the buffer are bounded instead
   * - **Completes when** the actor stops, after the messages that it sent `out` before
   * - **Cancels when** the actor stops
   * - **Hibernates:** keeps the actor's state, timers, children and watches, and the buffered messages
   *
   * @param props called with the ref of the client; called again after hibernation, so it must depend on `out` alone. Anything but `Props`
   * fails the flow with a `TypeError`
   * @param options the buffer of `out`: `bufferSize` (at least 1, default 16), `overflow` (default `dropNew`)
   * @throws RangeError for a `bufferSize` that is no positive integer or an unknown `overflow`; TypeError for a `props` that is no function
   * and for an unknown option
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
  actorRef<In, Out>(props: (out: ActorRef<Out>) => Props<In>, options: ActorSourceOptions = {}): Flow<In, Out> {
    checkFunctions("ActorFlow.actorRef", { props })
    const { bufferSize, overflow } = checkedBuffer(options)
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
