import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind } from "../blueprint.ts"
import { checkFunctions } from "../checks.ts"
import { StatefulConcat } from "../stages/stateful-concat.ts"
import { StatefulMap } from "../stages/stateful-map.ts"
import { TransformOperators } from "./transform.ts"

/** The window, and how many elements to skip before the next one begins. */
type Sliding<T> = [window: T[], skip: number]

/** Operators that make other elements of the elements and of what they remember of those before. */
export abstract class StatefulOperators<K extends BlueprintKind, In, Out> extends TransformOperators<K, In, Out> {
  /**
   * `map` with a state: `f` returns the next state and the element to emit. The state is a plain value, since a variable
   * that `f` closes over would be lost when the object hibernates.
   *
   * `atEnd` is called once with the last state, however the stream ends here: when upstream completes, when upstream fails or
   * `f` throws, and when downstream cancels, as when the socket is closed; never on hibernation. The element that it returns is
   * emitted before the completion or the failure, and waits for demand; after a cancellation it is ignored. What `atEnd` throws
   * becomes the failure.
   *
   * - **Emits when** `f` has returned, and once more at the end where `atEnd` returns something
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes and what `atEnd` returned was emitted
   * - **Cancels when** downstream cancels, or `f` throws
   * - **Hibernates:** keeps the state
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
   * `mapConcat` with a state: `f` returns the next state and the elements to emit. Where Pekko's hands out a function
   * that closes over its state, here the state is a plain value that survives hibernation. `atEnd` returns the last elements;
   * as in Pekko it is called on completion only.
   *
   * - **Emits when** `f` has returned an element, or some are left of an earlier one
   * - **Backpressures when** downstream backpressures or elements are left
   * - **Completes when** upstream completes and nothing is left
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the state and the elements that are left
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
   * Puts `separator` between elements, and, where given, `start` before the first and `end` after the last.
   *
   * - **Emits when** upstream emits, and at the end where there is an `end`
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes and `end` was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps whether there was an element
   *
   * @example `Source.from([1, 2]).intersperse(",", { start: "[", end: "]" })`
   */
  intersperse<B>(separator: B, { start, end }: { start?: B; end?: B } = {}): Apply<K, In, Out | B> {
    const given = (element: B | undefined) => (element === undefined ? [] : [element])
    return this.concatStage<boolean, Out | B>(
      "intersperse",
      () => false,
      (begun, element) => [true, begun ? [separator, element] : [...given(start), element]],
      (begun) => [...(begun ? [] : given(start)), ...given(end)],
    )
  }

  /**
   * Gathers `count` elements into one array; the last one may be shorter.
   *
   * - **Emits when** `count` elements have come, or upstream has completed
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
   * Emits windows of `count` elements, each `step` elements further than the one before; the last one may be shorter.
   *
   * - **Emits when** a window is complete, or upstream has completed before one was
   * - **Backpressures when** a window is complete and downstream backpressures
   * - **Completes when** upstream completes and the last window was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the window
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
        // The author may change a window that was emitted, so no part of one is kept.
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
