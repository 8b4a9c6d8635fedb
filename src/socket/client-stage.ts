import { Stage } from "../stream/engine/stage.ts"

/** What is saved of an outgoing connection: the restarts, whether it waits for one or is over, and the failure that is still to come. */
export type SavedClient = [
  restarts: number,
  phase: "live" | "waiting" | "over",
  failure?: [code: number, reason: string],
]

/** What the stage of an outgoing connection calls on it. */
interface Client {
  /** @param isFresh whether the flow starts, and is not restored */
  begin(isFresh: boolean): void
  onTimer(): void
  /** See `Stage.onStop`. */
  onStop(): void
  save(): SavedClient
  restore(saved: SavedClient): void
}

/** The timer and the state of an outgoing connection: a stage beside its two ends, on the way of no element. */
export class ClientStage extends Stage<never, never, SavedClient> {
  private isFresh = false

  constructor(private readonly client: Client) {
    super()
  }

  push(): boolean {
    return false
  }

  override onStart(): void {
    this.isFresh = true
  }

  override begin(): void {
    if (!this.inClosed) this.client.begin(this.isFresh)
  }

  override onTimer(): void {
    this.client.onTimer()
  }

  override onStop(): void {
    this.client.onStop()
  }

  override save(): SavedClient {
    return this.client.save()
  }

  override restore(saved: SavedClient): void {
    this.client.restore(saved)
  }

  setTimer(due: number): void {
    this.markDirty()
    this.wakeAt(due)
  }

  /** Nothing has to be saved any longer. */
  end(): void {
    this.completeDown()
    this.cancelUp()
  }
}
