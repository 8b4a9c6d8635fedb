import { ClockHost } from "../stream/clock-host.ts"
import type { ConnectionSettings } from "./target.ts"

/** The part of a connection that its host uses. */
interface Hosted {
  readonly isOpen: boolean
  onSettled(): void
}

/** The host of a connection's run. Events of the target always run; `enter` can keep out an event that the flow begins. */
export class ConnectionHost extends ClockHost {
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly connection: Hosted,
    private readonly outbox: { extendDrainTimeout(): void },
  ) {
    const { clock, onChanged, owner = connection, scope, logger, metrics } = settings
    super(clock, {
      onDirty: onChanged,
      onTimer: () => metrics.alarms++,
      isAbandoned: () => !connection.isOpen,
      owner,
      scope,
      log: logger,
    })
  }

  onWorkRestarted(): void {
    this.outbox.extendDrainTimeout()
  }

  /** An event of the connection's own request: a frame, the close. */
  own(handler: () => void): void {
    super.event(handler)
  }

  override event(handler: () => void): void {
    if (this.depth === 0) this.settings.enter?.()
    super.event(handler)
  }

  override end(): void {
    super.end()
    if (this.depth === 0) this.connection.onSettled()
  }
}
