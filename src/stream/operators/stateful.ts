import { requirePositiveInteger } from "../argument.ts"
import { checkNames } from "../author-value.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { checkFunctions } from "../checks.ts"
import { StatefulConcat } from "../stages/stateful-concat.ts"
import { StatefulMap } from "../stages/stateful-map.ts"
import { TransformOperators } from "./transform.ts"

/** The window, and the number of elements to skip before the next one. */
type Sliding<T> = [window: T[], skip: number]

/** Operators that transform elements with a state. */
export abstract class StatefulOperators<K extends BlueprintKind, In, Out> extends TransformOperators<K, In, Out> {
  /**
   * `map` with a state: `f` returns the next state and the element to emit. The state is a plain value, because hibernation
   * loses the variables that `f` closes over.
   *
   * `atEnd` is called once with the last state when upstream completes or fails, when `f` throws, and when downstream cancels,
   * as when the socket closes; never on hibernation. The element that it returns is emitted on demand, before the completion
   * or the failure. After a cancellation it is ignored. An error from `atEnd` becomes the failure.
   *
   * - **Emits when** `f` has returned, and at the end if `atEnd` returns an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes and the element of `atEnd` was emitted
   * - **Cancels when** downstream cancels, or `create` or `f` throws
   * - **Hibernates:** keeps the state, and an element of `atEnd` that is not yet emitted
   *
   * @example `Flow.of<string>().statefulMap(() => 0, (count, text) => [count + 1, count + ": " + text])`
   */
  statefulMap<State, B>(
    create: () => State,
    f: (state: State, element: Out) => readonly [state: State, element: B],
    atEnd?: (state: State) => B | undefined,
  ): Apply<K, In, B> {
    const functions = { create, f, ...(atEnd !== undefined && { atEnd }) }
    return this.stage("statefulMap", "keeps", () => new StatefulMap(create, f, atEnd), functions)
  }

  /**
   * `mapConcat` with a state: `f` returns the next state and the elements to emit. The state is a plain value that survives
   * hibernation, where Pekko's function closes over its state. `atEnd` returns the last elements. As in Pekko, it is called on
   * completion only.
   *
   * - **Emits when** `f` returns elements, or some of them are not yet emitted
   * - **Backpressures when** downstream backpressures or elements are not yet emitted
   * - **Completes when** upstream completes and all elements were emitted
   * - **Cancels when** downstream cancels, or `create` or `f` throws
   * - **Hibernates:** keeps the state and the elements that are not yet emitted
   *
   * @example `Flow.of<string>().statefulMapConcat(() => "", (line, text) => (text === "\n" ? ["", [line]] : [line + text, []]))`
   */
  statefulMapConcat<State, B>(
    create: () => State,
    f: (state: State, element: Out) => readonly [state: State, elements: Iterable<B>],
    atEnd?: (state: State) => Iterable<B>,
  ): Apply<K, In, B> {
    checkFunctions("statefulMapConcat", { create, f, ...(atEnd !== undefined && { atEnd }) })
    return this.concatStage("statefulMapConcat", create, f, atEnd)
  }

  /**
   * Emits `separator` between elements, `start` before the first and `end` after the last, if given.
   *
   * - **Emits when** upstream emits, and at the end if `end` is given
   * - **Backpressures when** downstream backpressures or elements are not yet emitted
   * - **Completes when** upstream completes and `end` was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps whether an element has arrived, and the elements that are not yet emitted
   *
   * @example `Source.from([1, 2]).intersperse(",", { start: "[", end: "]" })`
   */
  intersperse<B>(separator: B, options: { start?: B; end?: B } = {}): Apply<K, In, Out | B> {
    const { start, end } = options
    checkNames("intersperse option", options, { start, end })
    const optional = (element: B | undefined) => (element === undefined ? [] : [element])
    return this.concatStage<boolean, Out | B>(
      "intersperse",
      () => false,
      (begun, element) => [true, begun ? [separator, element] : [...optional(start), element]],
      (begun) => [...(begun ? [] : optional(start)), ...optional(end)],
    )
  }

  /**
   * Groups elements into arrays of `count` (at least 1); the last array may be shorter.
   *
   * - **Emits when** `count` elements have arrived, or upstream has completed
   * - **Backpressures when** a group is complete and downstream backpressures
   * - **Completes when** upstream completes and the last group was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the group
   */
  grouped(count: number): Apply<K, In, Out[]> {
    requirePositiveInteger("grouped: count", count)
    return this.concatStage<Out[], Out[]>(
      "grouped",
      () => [],
      (group, element) => (group.push(element) >= count ? [[], [group]] : [group, []]),
      (group) => (group.length > 0 ? [group] : []),
    )
  }

  /**
   * Emits windows of `count` elements, each `step` elements (default 1) after the one before; the last window may be shorter. `count`
   * and `step` are at least 1.
   *
   * - **Emits when** a window is complete, or upstream has completed before a window was complete
   * - **Backpressures when** a window is complete and downstream backpressures
   * - **Completes when** upstream completes and the last window was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the window, and the number of elements to skip before the next one
   */
  sliding(count: number, step = 1): Apply<K, In, Out[]> {
    requirePositiveInteger("sliding: count", count)
    requirePositiveInteger("sliding: step", step)
    return this.concatStage<Sliding<Out>, Out[]>(
      "sliding",
      () => [[], 0],
      ([window, skip], element) => {
        if (skip > 0) return [[window, skip - 1], []]
        if (window.length === count) window.splice(0, step)
        window.push(element)
        if (window.length < count) return [[window, 0], []]
        // Emits a copy, because the receiver may change the array.
        return step < count ? [[window, 0], [[...window]]] : [[[], step - count], [window]]
      },
      ([window]) => (window.length > 0 && window.length < count ? [window] : []),
    )
  }

  private concatStage<State, B>(
    name: string,
    create: () => State,
    f: (state: State, element: Out) => readonly [State, Iterable<B>],
    atEnd?: (state: State) => Iterable<B>,
  ): Apply<K, In, B> {
    return this.stage(name, "keeps", () => new StatefulConcat(create, f, atEnd))
  }
}
