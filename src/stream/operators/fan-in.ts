import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind, SourceShape } from "../blueprint.ts"
import { aSource, checkArgument } from "../checks.ts"
import type { FanIn } from "../engine/fan-in-stage.ts"
import type { Stage } from "../engine/stage.ts"
import type { Step, Wiring } from "../engine/wiring.ts"
import { FlatMap } from "../stages/flat-map.ts"
import { Concat, Interleave, Merge, MergePrioritized, OrElse } from "../stages/joins.ts"
import { KillSwitch } from "../stages/kill-switch.ts"
import { MergeLatest, MergePreferred } from "../stages/merges.ts"
import { Zip, ZipLatest } from "../stages/zip.ts"
import { BufferOperators } from "./buffer.ts"

/** A step that joins this stream with `source` in a junction. */
function join(name: string, source: SourceShape<unknown>, make: () => FanIn): Step {
  checkArgument(`${name}: source`, source, aSource)
  return {
    name,
    hibernates: "keeps",
    build: (wiring, last) => wiring.join(make(), [last, wiring.chain(source.chain, undefined)]),
  }
}

/** Several `merge` in a row become one junction with an inlet for each source. */
class MergeStep implements Step {
  readonly name = "merge"
  readonly hibernates = "keeps"

  constructor(
    readonly sources: readonly SourceShape<unknown>[],
    readonly eagerComplete: boolean,
  ) {}

  build(wiring: Wiring, last: Stage | undefined): Stage {
    const others = this.sources.map(({ chain }) => wiring.chain(chain, undefined))
    return wiring.join(new Merge(others.length + 1, this.eagerComplete), [last, ...others])
  }
}

/** Operators that add the elements of other sources. */
export abstract class FanInOperators<K extends BlueprintKind, In, Out> extends BufferOperators<K, In, Out> {
  /**
   * Continues with the elements of `source` after this stream has completed.
   *
   * - **Emits when** this stream emits; after its completion, when `source` emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps an element that was not yet emitted
   */
  concat<B>(source: SourceShape<B>): Apply<K, In, Out | B> {
    return this.with(join("concat", source, () => new Concat([0, 1])))
  }

  /**
   * Starts with the elements of `source`; this stream follows after `source` has completed.
   *
   * - **Emits when** `source` emits; after its completion, when this stream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps an element that was not yet emitted
   */
  prepend<B>(source: SourceShape<B>): Apply<K, In, Out | B> {
    return this.with(join("prepend", source, () => new Concat([1, 0])))
  }

  /**
   * Continues with `source` if this stream has completed without an element.
   *
   * - **Emits when** this stream emits, or `source` emits after this stream has completed without an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** this stream completes after an element, or both have completed
   * - **Cancels when** downstream cancels; cancels `source` when this stream emits
   * - **Hibernates:** keeps whether this stream has emitted
   */
  orElse<B>(source: SourceShape<B>): Apply<K, In, Out | B> {
    return this.with(join("orElse", source, () => new OrElse()))
  }

  /**
   * Emits the elements of both streams as they arrive.
   *
   * - **Emits when** one of the streams has an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps one element of each stream, and the order of arrival
   */
  merge<B>(source: SourceShape<B>, { eagerComplete = false } = {}): Apply<K, In, Out | B> {
    checkArgument("merge: source", source, aSource)
    const last = this.chain.at(-1)
    if (!(last instanceof MergeStep && last.eagerComplete === eagerComplete)) {
      return this.with(new MergeStep([source], eagerComplete))
    }
    return this.of([...this.chain.slice(0, -1), new MergeStep([...last.sources, source], eagerComplete)])
  }

  /**
   * Like `merge`, but while both streams have elements, those of this stream come first; with `preferSource`, those of
   * `source`. A preferred stream that never pauses shuts out the other one.
   *
   * - **Emits when** one of the streams has an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps one element of each stream
   *
   * @example `Flow.of<string>().mergePreferred(Source.tick("1 second").map(String))`
   */
  mergePreferred<B>(
    source: SourceShape<B>,
    { preferSource = false, eagerComplete = false } = {},
  ): Apply<K, In, Out | B> {
    return this.with(join("mergePreferred", source, () => new MergePreferred(preferSource ? 1 : 0, eagerComplete)))
  }

  /**
   * Emits the latest elements of both streams as a pair for each element, after each stream has emitted once. Unlike
   * `zipLatest`, it emits a pair for every element, and ends with the last stream.
   *
   * - **Emits when** both streams have emitted and one of them emits
   * - **Backpressures when** both streams have emitted and downstream backpressures
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the latest element and one new element of each stream, and the order of arrival
   *
   * @example `Source.tick("1 second").mergeLatest(Source.tick("1 minute"))`
   */
  mergeLatest<B>(source: SourceShape<B>, { eagerComplete = false } = {}): Apply<K, In, [Out, B]> {
    return this.with(join("mergeLatest", source, () => new MergeLatest(2, eagerComplete)))
  }

  /**
   * Like `merge`, with weights: while both streams have elements, `priority` of `priority + otherPriority` elements come from
   * this stream. Both weights are positive integers. The order is fixed, because it must survive hibernation; Pekko's is random.
   *
   * - **Emits when** one of the streams has an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps one element of each stream, and the credit of each
   */
  mergePrioritized<B>(
    source: SourceShape<B>,
    priority: number,
    otherPriority: number,
    { eagerComplete = false } = {},
  ): Apply<K, In, Out | B> {
    const priorities = [
      requirePositiveInteger("mergePrioritized: priority", priority),
      requirePositiveInteger("mergePrioritized: otherPriority", otherPriority),
    ]
    return this.with(join("mergePrioritized", source, () => new MergePrioritized(priorities, eagerComplete)))
  }

  /**
   * Alternates between `segment` elements (at least 1) of this stream and `segment` elements of `source`. After one stream has completed,
   * the rest of the other follows.
   *
   * - **Emits when** the current stream has an element
   * - **Backpressures when** downstream backpressures, or the other stream is current
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the current stream and the number of elements emitted from its segment
   */
  interleave<B>(source: SourceShape<B>, segment: number, { eagerComplete = false } = {}): Apply<K, In, Out | B> {
    requirePositiveInteger("interleave: segment", segment)
    return this.with(join("interleave", source, () => new Interleave(segment, eagerComplete)))
  }

  /**
   * Pairs each element with the element of `source` that has the same number.
   *
   * - **Emits when** both streams have an element
   * - **Backpressures when** downstream backpressures, or the other stream has no element
   * - **Completes when** one of the streams has completed and its last element was emitted
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the element without a partner
   */
  zip<B>(source: SourceShape<B>): Apply<K, In, [Out, B]> {
    return this.with(join("zip", source, () => new Zip(2)))
  }

  /**
   * Emits the latest elements of both streams as a pair whenever one of them emits, after each has emitted once. All elements
   * that arrived without demand since the last pair become one pair.
   *
   * - **Emits when** both streams have emitted and one of them has a new element
   * - **Backpressures when** downstream backpressures, or the other stream has not emitted
   * - **Completes when** one of the streams completes and the last pair was emitted; at once if the completed stream was empty
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the latest element and one new element of each stream
   */
  zipLatest<B>(source: SourceShape<B>): Apply<K, In, [Out, B]> {
    return this.with(join("zipLatest", source, () => new ZipLatest(2)))
  }

  /**
   * Ends the stream when `source` emits an element: Pekko's kill switch, with a source as the switch. The source of a hub of the
   * object reaches hibernating connections too; a `Source.queue` ends one connection. If `source` fails, the stream fails.
   * If it completes without an element, the stream continues.
   *
   * - **Emits when** this stream emits
   * - **Backpressures when** downstream backpressures
   * - **Completes when** this stream completes, or `source` emits
   * - **Cancels when** downstream cancels, or `source` emits or fails
   * - **Hibernates:** keeps an element that was not yet emitted, and the state of `source`
   *
   * @example
   * ```ts
   * const kicks = Source.queue<string>(1)
   * Flow.of<string>().killSwitch(kicks.source) // kicks.offer("bye") completes it, kicks.fail(error) fails it
   * ```
   */
  killSwitch(source: SourceShape<unknown>): Apply<K, In, Out> {
    return this.with(join("killSwitch", source, () => new KillSwitch()))
  }

  /**
   * Replaces each element by the elements of the source that `f` returns, one source after the other.
   *
   * - **Emits when** the current source emits
   * - **Backpressures when** a source is running, independent of the demand below
   * - **Completes when** upstream and the last source have completed
   * - **Cancels when** downstream cancels, `f` throws, or a source fails
   * - **Hibernates:** keeps the element and the state of its source. After hibernation `f` is called again with the element, so
   *   it must depend on nothing else. A source with other steps, as after a deploy, cannot be restored
   */
  flatMapConcat<B>(f: (element: Out) => SourceShape<B>): Apply<K, In, B> {
    return this.stage("flatMapConcat", "keeps", () => new FlatMap<Out, B>(1, f), { f })
  }

  /**
   * Like `flatMapConcat`, with up to `breadth` (at least 1) sources running at once. Their elements are merged as they arrive.
   *
   * - **Emits when** one of the sources emits
   * - **Backpressures when** `breadth` sources are running, independent of the demand below
   * - **Completes when** upstream and all sources have completed
   * - **Cancels when** downstream cancels, `f` throws, or a source fails
   * - **Hibernates:** keeps the elements and the states of their sources, as `flatMapConcat` does
   */
  flatMapMerge<B>(breadth: number, f: (element: Out) => SourceShape<B>): Apply<K, In, B> {
    requirePositiveInteger("flatMapMerge: breadth", breadth)
    return this.stage("flatMapMerge", "keeps", () => new FlatMap<Out, B>(breadth, f), { f })
  }
}
