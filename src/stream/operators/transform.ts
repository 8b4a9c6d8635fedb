import { Blueprint, type Shape, type Shapes } from "../blueprint.ts"
import { atLeastOne } from "../overflow.ts"
import { StatefulConcat } from "../stages/stateful-concat.ts"
import {
  Collect,
  DistinctUntilChanged,
  Filter,
  MapStage,
  type Primitive,
  Scan,
  ZipWithIndex,
} from "../stages/transform.ts"

/** Operators that make other elements of the elements, one by one. */
export abstract class TransformOperators<S extends Shape, In, Out> extends Blueprint<S, In, Out> {
  /**
   * Replaces each element by what `f` makes of it.
   *
   * - **Emits when** `f` has returned
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().map((name) => `Hello ${name}`)`
   */
  map<B>(f: (element: Out) => B): Shapes<In, B>[S] {
    return this.stage("map", "stateless", () => new MapStage(f))
  }

  /**
   * Lets those elements pass for which the predicate holds. A type guard narrows the elements' type.
   *
   * - **Emits when** the predicate holds for the element
   * - **Backpressures when** the predicate holds for the element and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().filter((message) => message !== "")`
   */
  filter<B extends Out = Out>(
    predicate: ((element: Out) => element is B) | ((element: Out) => boolean),
  ): Shapes<In, B>[S] {
    return this.stage("filter", "stateless", () => new Filter(predicate))
  }

  /**
   * `map` and `filter` in one: replaces each element by what `f` makes of it, and drops it where that is `undefined`.
   *
   * - **Emits when** `f` has returned something
   * - **Backpressures when** `f` has returned something and downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** stateless
   *
   * @example `Flow.of<string>().collect((text) => (text === "time" ? clock() : undefined))`
   */
  collect<B>(f: (element: Out) => B | undefined): Shapes<In, B>[S] {
    return this.stage("collect", "stateless", () => new Collect(f))
  }

  /**
   * Replaces each element by any number of others, which `f` returns as a finite iterable.
   *
   * - **Emits when** `f` has returned an element, or some are left of an earlier one
   * - **Backpressures when** downstream backpressures or elements are left
   * - **Completes when** upstream completes and nothing is left
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the elements that are left
   *
   * @example `Flow.of<string>().mapConcat((line) => line.split(" "))`
   */
  mapConcat<B>(f: (element: Out) => Iterable<B>): Shapes<In, B>[S] {
    return this.concatStage(
      "mapConcat",
      () => undefined,
      (_, element) => [undefined, f(element)],
    )
  }

  /**
   * Emits the running value: `zero` first, then `f(value, element)` for each element.
   *
   * - **Emits when** it starts, and then when `f` has returned
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes and `zero` was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the value
   *
   * @example `Flow.of<number>().scan(0, (sum, n) => sum + n)`
   */
  scan<B>(zero: B, f: (value: B, element: Out) => B): Shapes<In, B>[S] {
    return this.stage("scan", "keeps", () => new Scan(zero, f))
  }

  /**
   * `map` with a state: `f` returns the next state and the element to emit. The state is a plain value, since a variable
   * that `f` closes over would be lost when the object sleeps.
   *
   * - **Emits when** `f` has returned, and once more at the end where `atEnd` returns something
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes and what `atEnd` returned was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the state
   *
   * @example `flow.statefulMap(() => 0, (count, text) => [count + 1, `${count}: ${text}`])`
   */
  statefulMap<State, B>(
    create: () => State,
    f: (state: State, element: Out) => readonly [state: State, element: B],
    atEnd?: (state: State) => B | undefined,
  ): Shapes<In, B>[S] {
    return this.concatStage(
      "statefulMap",
      create,
      (state, element) => {
        const [next, mapped] = f(state, element)
        return [next, [mapped]]
      },
      atEnd &&
        ((state) => {
          const last = atEnd(state)
          return last === undefined ? [] : [last]
        }),
    )
  }

  /**
   * `mapConcat` with a state: `f` returns the next state and the elements to emit. Where Pekko's hands out a function
   * that closes over its state, here the state is a plain value that survives hibernation.
   *
   * - **Emits when** `f` has returned an element, or some are left of an earlier one
   * - **Backpressures when** downstream backpressures or elements are left
   * - **Completes when** upstream completes and nothing is left
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the state and the elements that are left
   *
   * @example `flow.statefulMapConcat(() => "", (line, text) => text === "\n" ? ["", [line]] : [line + text, []])`
   */
  statefulMapConcat<State, B>(
    create: () => State,
    f: (state: State, element: Out) => readonly [state: State, elements: Iterable<B>],
    atEnd?: (state: State) => Iterable<B>,
  ): Shapes<In, B>[S] {
    return this.concatStage("statefulMapConcat", create, f, atEnd)
  }

  /**
   * Pairs each element with its number, counted from 0.
   *
   * - **Emits when** upstream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the count
   */
  zipWithIndex(): Shapes<In, [element: Out, index: number]>[S] {
    return this.stage("zipWithIndex", "keeps", () => new ZipWithIndex<Out>())
  }

  /**
   * Drops an element that is the same as the one before it. What counts is the element itself where it is a primitive
   * value, else the key that `key` finds in it: objects are not the same objects any more after hibernation.
   *
   * - **Emits when** the element differs from the one before
   * - **Backpressures when** downstream backpressures
   * - **Completes when** upstream completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the last key
   *
   * @example `flow.distinctUntilChanged((user) => user.id)`
   */
  distinctUntilChanged(
    ...[key]: Out extends Primitive ? [key?: (element: Out) => Primitive] : [key: (element: Out) => Primitive]
  ): Shapes<In, Out>[S] {
    const ofItself = (element: Out) => element as Primitive
    return this.stage("distinctUntilChanged", "keeps", () => new DistinctUntilChanged<Out>(key ?? ofItself))
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
  intersperse<B>(separator: B, { start, end }: { start?: B; end?: B } = {}): Shapes<In, Out | B>[S] {
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
  grouped(count: number): Shapes<In, Out[]>[S] {
    atLeastOne(count, "The count of grouped")
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
  sliding(count: number, step = 1): Shapes<In, Out[]>[S] {
    atLeastOne(count, "The count of sliding")
    atLeastOne(step, "The step of sliding")
    return this.concatStage<Out[], Out[]>(
      "sliding",
      () => [],
      (previous, element) => {
        let window = [...previous, element]
        if (window.length > count && step <= count) window = window.slice(step)
        else if (window.length > count && window.length >= step) window = []
        return [window, window.length === count ? [window] : []]
      },
      (window) => (window.length > 0 && window.length < count ? [window] : []),
    )
  }

  private concatStage<State, B>(
    name: string,
    create: () => State,
    f: (state: State, element: Out) => readonly [State, Iterable<B>],
    atEnd?: (state: State) => Iterable<B>,
  ): Shapes<In, B>[S] {
    return this.stage(name, "keeps", () => new StatefulConcat(create, f, atEnd))
  }
}
