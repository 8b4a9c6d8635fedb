import { Emitter } from "./emitter.ts"

/** The first stage of a chain. */
export abstract class SourceStage<Out = unknown, State = unknown> extends Emitter<never, Out, State> {
  override inClosed = true

  protected override onElement(): void {}
}
