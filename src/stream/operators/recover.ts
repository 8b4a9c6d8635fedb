import { requireInteger } from "../argument.ts"
import type { Apply, BlueprintKind, SourceShape } from "../blueprint.ts"
import { RecoverWith } from "../stages/recover-with.ts"
import { Log, MapError, OnTermination, Recover, type Termination } from "../stages/termination.ts"
import { FanOutOperators } from "./fan-out.ts"

/** Operators that see how a stream ends. */
export abstract class RecoverOperators<K extends BlueprintKind, In, Out> extends FanOutOperators<K, In, Out> {
  /**
   * Where upstream fails, emits what `f` makes of the error as the last element. `undefined` lets the error pass.
   *
   * - **Emits when** upstream emits, or has failed and `f` has returned something
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes, or has failed and the last element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the last element
   */
  recover<B>(f: (error: unknown) => B | undefined): Apply<K, In, Out | B> {
    return this.stage("recover", "keeps", () => new Recover<Out | B>(f), { f })
  }

  /**
   * Where upstream fails, goes on with the source that `f` makes of the error; where that fails too, with another, up to
   * `attempts` times (default: without end). `undefined` lets the error pass.
   *
   * - **Emits when** upstream emits, or has failed and the source emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes, or the source does
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the error (name, message, own fields) and what the source keeps. After hibernation `f` is called
   *   again with that error, so it must depend on nothing else; a source with other steps is not restored
   */
  recoverWith<B>(
    f: (error: unknown) => SourceShape<B> | undefined,
    { attempts = Infinity }: { attempts?: number } = {},
  ): Apply<K, In, Out | B> {
    requireInteger("recoverWith: attempts", attempts, { least: 0, orInfinity: true })
    return this.stage("recoverWith", "keeps", () => new RecoverWith<Out | B>(attempts, f), { f })
  }

  /**
   * Replaces the error with which upstream fails by what `f` returns, or throws. `undefined` lets the error pass.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   */
  mapError(f: (error: unknown) => unknown): Apply<K, In, Out> {
    return this.stage("mapError", "stateless", () => new MapError<Out>(f), { f })
  }

  /**
   * Calls `f` once when the stream ends here: completed, failed or cancelled. Never on hibernation.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   */
  onTermination(f: (termination: Termination) => void): Apply<K, In, Out> {
    return this.stage("onTermination", "stateless", () => new OnTermination<Out>(f), { f })
  }

  /**
   * Writes each element and the end of the stream to `log` (default `console.log`), behind `name`.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   */
  log(name: string, log: (...line: unknown[]) => void = console.log): Apply<K, In, Out> {
    return this.stage("log", "stateless", () => new Log<Out>(name, log), { log })
  }
}
