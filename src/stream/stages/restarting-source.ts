import { aSource } from "../checks.ts"
import type { Chain } from "../engine/wiring.ts"
import { Restart } from "./restart.ts"
import { SubSource } from "./sub-source.ts"

export class RestartingSource<Out> extends Restart<never, Out> {
  protected readonly kind = aSource
  override inClosed = true

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
