import type { AlarmClock } from "../alarm-clock.ts"
import { EarliestTimer } from "../earliest-timer.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** When a message last came from a client, and its idle timeout, in milliseconds. */
export interface Activity {
  readonly timeout: number
  at: number
  /** The value of `at` in the attachment. It is in memory only. */
  savedAt?: number
}

/** The resolution of the sweep: an activity is saved and checked at most this many times in its timeout. */
const stepsInTimeout = 16

const key = "sluice:idle"

/** The sockets that a sweep works on. */
export interface Sweepable {
  /** The sockets with an idle timeout. */
  activities(): Iterable<[socket: ObjectSocket, activity: Activity]>
  /** When the runtime last sent the client an `autoResponse`. */
  answeredAt(socket: ObjectSocket): number
  /** Restores the flow of a socket, which may have another timeout after a deploy; `undefined` if it has none. */
  restored(socket: ObjectSocket): Activity | undefined
  close(socket: ObjectSocket): void
}

/**
 * Closes idle sockets, with one timer for all of them. Without sockets that have an idle timeout there is no timer. A socket is
 * closed late by less than a fifth of its timeout, and never early.
 */
export class IdleSweep {
  private readonly timer: EarliestTimer

  constructor(
    private readonly sockets: Sweepable,
    private readonly alarms: AlarmClock,
  ) {
    this.timer = new EarliestTimer(alarms, key, () => this.sweep())
  }

  /** Whether the saved activity is too old, so that the attachment is to be written. */
  isOutdated({ timeout, at, savedAt = 0 }: Activity): boolean {
    return at >= savedAt + timeout / stepsInTimeout
  }

  /** The activity for the attachment. */
  toSave(activity: Activity): Activity {
    activity.savedAt = activity.at
    return { timeout: activity.timeout, at: activity.at }
  }

  /** Schedules a sweep for when the socket may be idle. */
  schedule({ timeout, at }: Activity): void {
    this.scheduleSweep(at + timeout, timeout)
  }

  /** Closes the idle sockets, and schedules the next sweep. */
  private sweep(): void {
    const now = this.alarms.now()
    for (const [socket, saved] of [...this.sockets.activities()]) {
      const activity = now < this.idleAt(socket, saved) ? saved : this.sockets.restored(socket)
      if (!activity) continue
      const idleAt = this.idleAt(socket, activity)
      if (now >= idleAt) this.sockets.close(socket)
      else this.scheduleSweep(idleAt, activity.timeout)
    }
  }

  private idleAt(socket: ObjectSocket, { timeout, at }: Activity): number {
    return Math.max(at + timeout / stepsInTimeout, this.sockets.answeredAt(socket)) + timeout
  }

  /** A socket closed. Cancels the timer if no socket with an idle timeout is left. */
  onClosed(): void {
    this.timer.cancelWithout(this.sockets.activities())
  }

  /** Schedules a sweep on a grid, so that sockets that become idle at about the same time share it. */
  private scheduleSweep(earliest: number, timeout: number): void {
    const step = timeout / stepsInTimeout
    this.timer.schedule(Math.ceil(earliest / step + 1) * step)
  }
}
