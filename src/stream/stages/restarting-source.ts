import type { Backoff } from "../backoff.ts"
import { aSource, checkReturned } from "../checks.ts"
import type { Chain } from "../engine/wiring.ts"
import { Restart } from "./restart.ts"
import { SubSource } from "./sub-source.ts"

export class RestartingSource<Out> extends Restart<never, Out> {
  override inClosed = true

  constructor(
    backoff: Backoff,
    onlyOnFailures: boolean,
    private readonly make: () => { chain: Chain },
  ) {
    super(backoff, onlyOnFailures)
  }

  protected override chainFor(): Chain {
    const source = this.make()
    checkReturned(this, "make", source, aSource)
    return source.chain
  }

  protected override makeSource(chain: Chain): SubSource {
    return new SubSource(chain, this, undefined)
  }

  protected mayRestart(): boolean {
    return true
  }

  protected saveHeld(): [] {
    return []
  }

  protected restoreHeld(): void {}
}
