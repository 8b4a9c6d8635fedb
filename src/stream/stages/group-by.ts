import { aFlow, checkReturned, isPrimitive, wrongReturn } from "../checks.ts"
import { type None, none } from "../engine/emitter.ts"
import { placeOf } from "../engine/stage.ts"
import type { Chain } from "../engine/wiring.ts"
import { TooManySubstreamsOpenError } from "../errors.ts"
import type { Primitive } from "./elementwise.ts"
import { SubFlows } from "./sub-flows.ts"
import type { SubSource } from "./sub-source.ts"

type Saved<T, Key> = [held: [key: Key, element: T][], closed: Key[]]

/** Runs a flow for each key. Holds the element whose flow has no demand. */
export class GroupBy<T, Key extends Primitive, Out> extends SubFlows<T, Out, Key, Saved<T, Key>> {
  private held: T | None = none
  private heldKey: Key | undefined
  private closed = new Set<Key>()

  constructor(
    private readonly maxSubstreams: number,
    private readonly reopens: boolean,
    private readonly key: (element: T) => Key,
    private readonly f: (key: Key) => { chain: Chain },
  ) {
    super()
  }

  protected override onElement(element: T): void {
    const key = this.key(element)
    if (!isPrimitive(key)) throw wrongReturn(this, "key", key, "a primitive value, such as an id")
    if (this.closed.has(key)) return
    if (!this.substreamOf(key)) this.openSubstream(key)
    this.held = element
    this.heldKey = key
    this.feed()
  }

  override onComplete(): void {
    this.completeInputs()
    this.drain()
  }

  protected override feed(): void {
    while (this.held !== none) {
      const substream = this.substreamOf(this.heldKey)
      if (substream && !substream.input?.isReady) return
      const element = this.held
      this.held = none
      this.markDirty()
      // Drops the element if its substream closed while the element waited.
      substream?.input?.push(element)
    }
    if (this.inClosed) this.completeInputs()
  }

  protected override onInputClosed({ cause }: SubSource): void {
    this.close(cause as Key)
  }

  protected override onRemoved({ cause }: SubSource): void {
    this.close(cause as Key)
    this.feed()
  }

  protected override wants(): boolean {
    return this.held === none
  }

  protected override isDrained(): boolean {
    return this.held === none && super.isDrained()
  }

  protected chainFor(key: Key): Chain {
    const flow = this.f(key)
    checkReturned(this, "f", flow, aFlow)
    return flow.chain
  }

  protected saveState(): Saved<T, Key> | undefined {
    const held = this.held === none ? [] : [[this.heldKey, this.held] as [Key, T]]
    return held.length + this.closed.size > 0 ? [held, [...this.closed]] : undefined
  }

  protected override restoreState(state: Saved<T, Key> | undefined): void {
    const [[held], closed] = state ?? [[], []]
    if (held) {
      this.heldKey = held[0]
      this.held = held[1]
    }
    this.closed = new Set(closed)
  }

  private openSubstream(key: Key): void {
    const count = this.running + this.closed.size
    if (count >= this.maxSubstreams) {
      throw new TooManySubstreamsOpenError(
        `${placeOf(this)}: an element has a new key, and ${count} substreams are open or closed: raise maxSubstreams, ` +
          "let the key have fewer values, or set allowClosedSubstreamRecreation",
      )
    }
    this.start(key, this.chainFor(key))
  }

  /** The substream that takes the elements of a key. */
  private substreamOf(key: Key | undefined): SubSource | undefined {
    return this.active.find(({ cause, input }) => (cause === key || Object.is(cause, key)) && !input?.outClosed)
  }

  private close(key: Key): void {
    if (!this.reopens) this.closed.add(key)
  }

  private completeInputs(): void {
    if (this.held !== none) return
    for (const { input } of this.active) input?.complete()
  }
}
