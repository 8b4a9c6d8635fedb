import { requirePositiveInteger } from "../argument.ts"
import type { Apply, BlueprintKind, SourceShape } from "../blueprint.ts"
import { aSource, checkArgument } from "../checks.ts"
import type { FanIn } from "../engine/fan-in-stage.ts"
import type { Stage } from "../engine/stage.ts"
import type { Step, Wiring } from "../engine/wiring.ts"
import { FlatMap } from "../stages/flat-map.ts"
import { Concat, Interleave, Merge, MergePrioritized, OrElse } from "../stages/joins.ts"
import { Zip, ZipLatest } from "../stages/zip.ts"
import { BufferOperators } from "./buffer.ts"

/** Joins the stream above with that of `source` in a junction. */
function join(name: string, source: SourceShape<unknown>, make: () => FanIn): Step {
  checkArgument(`${name}: source`, source, aSource)
  return {
    name,
    hibernates: "keeps",
    build: (wiring, last) => wiring.join(make(), [last, wiring.chain(source.chain, undefined)]),
  }
}

/** Streams that merge one after the other are merged in one junction, where each of them has an inlet. */
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

/** Operators that bring the elements of other sources into the stream. */
export abstract class FanInOperators<K extends BlueprintKind, In, Out> extends BufferOperators<K, In, Out> {
  /**
   * Goes on with the elements of `source` when this stream has completed.
   *
   * - **Emits when** this stream emits, and after it `source`
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps an element that was not emitted yet
   */
  concat<B>(source: SourceShape<B>): Apply<K, In, Out | B> {
    return this.with(join("concat", source, () => new Concat([0, 1])))
  }

  /**
   * Starts with the elements of `source`; this stream follows when it has completed.
   *
   * - **Emits when** `source` emits, and after it this stream
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps an element that was not emitted yet
   */
  prepend<B>(source: SourceShape<B>): Apply<K, In, Out | B> {
    return this.with(join("prepend", source, () => new Concat([1, 0])))
  }

  /**
   * Goes on with `source` only if this stream has completed without an element.
   *
   * - **Emits when** this stream emits, or `source` does after this stream was empty
   * - **Backpressures when** downstream backpressures
   * - **Completes when** this stream completes after an element, or both have completed
   * - **Cancels when** downstream cancels; `source` as well when this stream emits
   * - **Hibernates:** keeps whether this stream has emitted
   */
  orElse<B>(source: SourceShape<B>): Apply<K, In, Out | B> {
    return this.with(join("orElse", source, () => new OrElse()))
  }

  /**
   * Emits the elements of both streams as they come.
   *
   * - **Emits when** one of them has an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps one element of each, and in which order they came
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
   * Like `merge`, but where both have an element the turns are shared out: of `priority + otherPriority` elements,
   * `priority` are of this stream. (Pekko draws lots; a fixed order survives hibernation.)
   *
   * - **Emits when** one of them has an element
   * - **Backpressures when** downstream backpressures
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps one element of each, and whose turn it is
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
   * Takes `segment` elements of this stream, then `segment` of `source`, and so on; when one has ended, the rest of the
   * other.
   *
   * - **Emits when** the stream whose turn it is has an element
   * - **Backpressures when** downstream backpressures, or it is the other's turn
   * - **Completes when** both have completed; with `eagerComplete`, when one has
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps whose turn it is
   */
  interleave<B>(source: SourceShape<B>, segment: number, { eagerComplete = false } = {}): Apply<K, In, Out | B> {
    requirePositiveInteger("interleave: segment", segment)
    return this.with(join("interleave", source, () => new Interleave(segment, eagerComplete)))
  }

  /**
   * Pairs the first element with the first of `source`, the second with the second, and so on.
   *
   * - **Emits when** both have an element
   * - **Backpressures when** downstream backpressures, or the other has none
   * - **Completes when** one of them completes
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the element that waits for its partner
   */
  zip<B>(source: SourceShape<B>): Apply<K, In, [Out, B]> {
    return this.with(join("zip", source, () => new Zip(2)))
  }

  /**
   * Pairs the latest element with the latest of `source` whenever there is a new one, once both have had one. A slow
   * downstream gets one pair for what is new on either side.
   *
   * - **Emits when** both have had an element and one of them has a new one
   * - **Backpressures when** downstream backpressures, or the other has had none
   * - **Completes when** one of them completes and what is new was emitted; at once where the one that completes has had no
   *   element
   * - **Cancels when** downstream cancels
   * - **Hibernates:** keeps the latest element of each
   */
  zipLatest<B>(source: SourceShape<B>): Apply<K, In, [Out, B]> {
    return this.with(join("zipLatest", source, () => new ZipLatest(2)))
  }

  /**
   * Replaces each element by the elements of the source that `f` makes of it, one source after the other.
   *
   * - **Emits when** the current source emits
   * - **Backpressures when** downstream backpressures, or a source is running
   * - **Completes when** upstream completes and so has the last source
   * - **Cancels when** downstream cancels, or a source fails
   * - **Hibernates:** keeps the element and what its source keeps. After hibernation `f` is called again with the element, so
   *   it must depend on nothing else; a source with other steps, as after a deploy, is not restored
   */
  flatMapConcat<B>(f: (element: Out) => SourceShape<B>): Apply<K, In, B> {
    return this.stage("flatMapConcat", "keeps", () => new FlatMap<Out, B>(1, f), { f })
  }

  /**
   * Like `flatMapConcat`, with up to `breadth` sources running at once; their elements come in any order.
   *
   * - **Emits when** one of the sources emits
   * - **Backpressures when** downstream backpressures, or `breadth` sources are running
   * - **Completes when** upstream completes and so have all sources
   * - **Cancels when** downstream cancels, or a source fails
   * - **Hibernates:** keeps the elements and what their sources keep; as with `flatMapConcat`
   */
  flatMapMerge<B>(breadth: number, f: (element: Out) => SourceShape<B>): Apply<K, In, B> {
    requirePositiveInteger("flatMapMerge: breadth", breadth)
    return this.stage("flatMapMerge", "keeps", () => new FlatMap<Out, B>(breadth, f), { f })
  }
}
