import { Stage } from "./stage.ts"

/** A stage that knows whether a failure has passed it. A sink beside the stage may get the failure later, and does not report it then. */
export abstract class FailureMark<T> extends Stage<T, T, true> {
  /** Whether a failure has reached the stage below, or has come from there. */
  hasFailed = false

  override save(): true | undefined {
    return this.hasFailed || undefined
  }

  override saveClosed(): true | undefined {
    return this.save()
  }

  override restore(): void {
    this.hasFailed = true
  }
}
