import { requireInteger } from "../argument.ts"
import { checkNames } from "../author-value.ts"
import type { Apply, BlueprintKind, SourceShape } from "../blueprint.ts"
import { RecoverWith } from "../stages/recover-with.ts"
import {
  Log,
  MapError,
  Monitor,
  OnTermination,
  Recover,
  type StreamState,
  type Termination,
} from "../stages/termination.ts"
import { FanOutOperators } from "./fan-out.ts"

/** Operators for the end of a stream. */
export abstract class RecoverOperators<K extends BlueprintKind, In, Out> extends FanOutOperators<K, In, Out> {
  /**
   * Replaces a failure of upstream by one last element, which `f` returns. `undefined` keeps the failure. An error from `f` replaces it.
   *
   * - **Emits when** upstream emits, or upstream fails and `f` returns an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes, or upstream fails and the last element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the last element
   */
  recover<B>(f: (error: unknown) => B | undefined): Apply<K, In, Out | B> {
    return this.stage("recover", "keeps", () => new Recover<Out | B>(f), { f })
  }

  /**
   * Replaces a failure of upstream by the elements of the source that `f` returns. If that source fails too, `f` is called
   * again, up to `attempts` times in all (at least 0, default `Infinity`). `undefined` keeps the failure. An error from `f` replaces it.
   *
   * - **Emits when** upstream emits, or upstream has failed and the source emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream or the source completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the error (name, message, own fields), the state of the source and the attempts that are left. After
   *   hibernation `f` is called again with that error, so it must depend on nothing else. A source with other steps cannot be restored
   */
  recoverWith<B>(
    f: (error: unknown) => SourceShape<B> | undefined,
    options: { attempts?: number } = {},
  ): Apply<K, In, Out | B> {
    const { attempts = Infinity } = options
    checkNames("recoverWith option", options, { attempts })
    requireInteger("recoverWith: attempts", attempts, { least: 0, orInfinity: true })
    return this.stage("recoverWith", "keeps", () => new RecoverWith<Out | B>(attempts, f), { f })
  }

  /**
   * Replaces the error of upstream by the error that `f` returns or throws. `undefined` and `null` keep the error.
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
   * Calls `f` once when the stream completes, fails or is cancelled; never on hibernation. An error from `f` fails the stream.
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
   * Calls `listener` with the state of the stream whenever that changes: `{ type: "initialized" }` at the start,
   * `{ type: "received", element }` for each element, and at the end as `onTermination` does. It is not called on hibernation, so a state
   * that must be known later belongs in a cell. An error from `listener` fails the stream.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or `listener` throws
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().monitor((state) => console.log(state.type))`
   */
  monitor(listener: (state: StreamState<Out>) => void): Apply<K, In, Out> {
    return this.stage("monitor", "stateless", () => new Monitor<Out>(listener), { listener })
  }

  /**
   * Calls `log` (default `console.log`) with `name` and each element, and with `name` and the end of the stream.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels, or `log` throws
   * - **Hibernates:** stateless
   */
  log(name: string, log: (...line: unknown[]) => void = console.log): Apply<K, In, Out> {
    return this.stage("log", "stateless", () => new Log<Out>(name, log), { log })
  }
}
