import type { Chain } from "../engine/wiring.ts"
import { SubInput } from "./sub-input.ts"
import { SubSource } from "./sub-source.ts"
import { SubSources } from "./sub-sources.ts"

/** A junction whose inlets are substreams: flows that a function returns while the stream runs, fed by this stage. */
export abstract class SubFlows<In, Out, Cause, State = undefined> extends SubSources<In, Out, Cause, State> {
  /** Pushes the element that waits for its substream, if there is one and the substream has demand. */
  protected feed(): void {}
  /** A substream takes no more elements. Its output may continue. */
  protected onInputClosed(_substream: SubSource, _cause?: unknown): void {}

  onInputDemand(): void {
    this.feed()
    this.drain()
    this.ask()
  }

  /** Ignores the substreams that this stage ends itself. */
  onInputCancel(input: SubInput, cause?: unknown): void {
    const substream = this.active.find((substream) => substream.input === input)
    if (!substream) return
    this.onInputClosed(substream, cause)
    this.onInputDemand()
  }

  /** The input of the substream, for a stage that runs one at a time. */
  protected get input(): SubInput | undefined {
    return this.active[0]?.input
  }

  protected override makeSource(chain: Chain, cause: Cause): SubSource {
    return new SubSource(chain, this, cause, new SubInput(this))
  }
}
