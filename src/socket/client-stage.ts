import { Stage } from "../stream/engine/stage.ts"

export type ClientPhase = "dialing" | "open" | "waiting" | "over" | "stopped"
/** The saved form of an outgoing connection: the restarts, its phase, and a failure that is still to come. */
export type SavedClient = [restarts: number, phase: ClientPhase, failure?: [code: number, reason: string]]

/** The part of an outgoing connection that its stage calls. */
interface Client {
  begin(): void
  onTimer(): void
  /** See `Stage.onStop`. */
  onStop(): void
  save(): SavedClient
  restore(saved: SavedClient): void
}

/** The timer and the state of an outgoing connection: a stage beside its two ends, which no element passes. */
export class ClientStage extends Stage<never, never, SavedClient> {
  constructor(private readonly client: Client) {
    super()
  }

  push(): boolean {
    return false
  }

  override begin(): void {
    if (!this.inClosed) this.client.begin()
  }

  override onTimer(): void {
    this.client.onTimer()
  }

  override onStop(): void {
    this.client.onStop()
    this.markDirty()
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

  /** Closes both sides, because the connection has nothing left to save. */
  end(): void {
    this.completeDown()
    this.cancelUp()
  }
}
