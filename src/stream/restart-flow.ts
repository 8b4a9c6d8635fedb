import { backoffOf, type RestartSettings } from "./backoff.ts"
import { checkFunctions } from "./checks.ts"
import { stageStep } from "./engine/wiring.ts"
import { Flow } from "./flow.ts"
import { RestartingFlow } from "./stages/restarting-flow.ts"

function restarting<A, B>(name: string, settings: RestartSettings, onlyOnFailures: boolean, make: () => Flow<A, B>) {
  const start = backoffOf(name, settings)
  checkFunctions(name, { make })
  return new Flow<A, B>([stageStep(name, "keeps", () => new RestartingFlow<A, B>(start(), onlyOnFailures, make))])
}

/** Flows that are made again when they end. */
export const RestartFlow = {
  /**
   * Sends elements through the flow that `make` returns, and makes it anew when it completes, cancels or fails: after
   * `minBackoff`, then twice as long each time, up to `maxBackoff`. Elements in the flow that ends are lost. A failure that leads
   * to a restart is not reported: observe it in `make`, with `log` or `onTermination`. Throws a `RangeError` or a `TypeError` for wrong
   * settings.
   *
   * - **Emits when** the flow emits
   * - **Backpressures when** an element waits, because the flow has no demand or has not restarted
   * - **Completes when** upstream and the flow have completed; when upstream completes during a backoff while no element waits; or when the
   *   flow completes or cancels after `maxRestarts` restarts. Fails when the flow fails after `maxRestarts` restarts or after the end of
   *   upstream, or `restartOn` returns false
   * - **Cancels when** downstream cancels, or the flow ends without a restart
   * - **Hibernates:** keeps the state of the flow, the element that waits, the number of restarts, and the time of the next one.
   *   After hibernation `make` is called again: it must return a flow with the same steps
   *
   * @example
   * ```ts
   * RestartFlow.withBackoff({ minBackoff: "1 second", maxBackoff: "1 minute" }, () => Flow.of<string>().map(JSON.parse))
   * ```
   */
  withBackoff<A, B>(settings: RestartSettings, make: () => Flow<A, B>): Flow<A, B> {
    return restarting("withBackoff", settings, false, make)
  },

  /**
   * Like `withBackoff`, but makes the flow anew only when it fails.
   *
   * - **Emits when** the flow emits
   * - **Backpressures when** an element waits, because the flow has no demand or has not restarted
   * - **Completes when** the flow completes, or upstream completes during a backoff and no element waits. Fails as `withBackoff` does
   * - **Cancels when** downstream or the flow cancels, or the flow completes, or fails without a restart
   * - **Hibernates:** keeps the state of the flow, the element that waits, the number of restarts, and the time of the next one
   */
  onFailuresWithBackoff<A, B>(settings: RestartSettings, make: () => Flow<A, B>): Flow<A, B> {
    return restarting("onFailuresWithBackoff", settings, true, make)
  },
}
