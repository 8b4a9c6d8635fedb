import { backoffOf, type RestartSettings } from "./backoff.ts"
import { checkFunctions } from "./checks.ts"
import { stageStep } from "./engine/wiring.ts"
import { Source } from "./source.ts"
import { RestartingSource } from "./stages/restarting-source.ts"

function restarting<T>(name: string, settings: RestartSettings, onlyOnFailures: boolean, make: () => Source<T>) {
  const start = backoffOf(name, settings)
  checkFunctions(name, { make })
  return new Source<T>([stageStep(name, "keeps", () => new RestartingSource<T>(start(), onlyOnFailures, make))])
}

/** Sources that are made again when they end. */
export const RestartSource = {
  /**
   * Emits the elements of the source that `make` returns, and makes it anew when it completes or fails: after `minBackoff`, then
   * twice as long each time, up to `maxBackoff`. A failure that leads to a restart is not reported: observe it in `make`, with
   * `log` or `onTermination`. Throws a `RangeError` or a `TypeError` for wrong settings.
   *
   * - **Completes when** the source completes after `maxRestarts` restarts. Fails when the source fails after `maxRestarts` restarts, or
   *   `restartOn` returns false
   * - **Hibernates:** keeps the state of the source, the number of restarts, and the time of the next one. After hibernation
   *   `make` is called again: it must return a source with the same steps
   *
   * @example
   * ```ts
   * RestartSource.withBackoff({ minBackoff: "1 second", maxBackoff: "1 minute" }, () => Source.fromPromise(() => fetch("/news")))
   * ```
   */
  withBackoff<T>(settings: RestartSettings, make: () => Source<T>): Source<T> {
    return restarting("withBackoff", settings, false, make)
  },

  /**
   * Like `withBackoff`, but makes the source anew only when it fails.
   *
   * - **Completes when** the source completes. Fails as `withBackoff` does
   * - **Hibernates:** keeps the state of the source, the number of restarts, and the time of the next one
   */
  onFailuresWithBackoff<T>(settings: RestartSettings, make: () => Source<T>): Source<T> {
    return restarting("onFailuresWithBackoff", settings, true, make)
  },
}
