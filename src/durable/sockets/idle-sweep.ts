import type { AlarmClock } from "../alarm-clock.ts"
import type { ObjectSocket } from "./object-socket.ts"

/** When a message last came from a client, and how long it may be silent. */
export interface Activity {
  readonly timeout: number
  at: number
  /** The time that was saved last. */
  kept?: number
}

/** How exact the sweep is: an activity is saved, and looked at, at most so many times in its timeout. */
const exactness = 16

const key = "sluice:idle"

/** The sockets that a sweep works on. */
export interface Sweepable {
  /** The sockets with an idle timeout. */
  activities(): Iterable<[socket: ObjectSocket, activity: Activity]>
  /** When the runtime last answered a keep-alive text of the client. */
  answeredAt(socket: ObjectSocket): number
  close(socket: ObjectSocket): void
}

/**
 * Closes the sockets from which nothing has come for too long, with one timer for all of them; without such sockets there is no
 * timer. It is as late as it is inexact, never early.
 */
export class IdleSweep {
  private due = Infinity

  constructor(
    private readonly sockets: Sweepable,
    private readonly alarms: AlarmClock,
  ) {}

  /** Whether the saved activity is too old. */
  isNews({ timeout, at, kept = 0 }: Activity): boolean {
    return at >= kept + timeout / exactness
  }

  /** What to save of an activity. */
  kept(activity: Activity): Activity {
    activity.kept = activity.at
    return { timeout: activity.timeout, at: activity.at }
  }

  /** Makes sure that the socket is looked at in time. */
  expect({ timeout, at }: Activity): void {
    this.plan(at + timeout, timeout)
  }

  /** Looks at all sockets. */
  sweep(): void {
    const now = this.alarms.now()
    this.due = Infinity
    for (const [socket, { timeout, at }] of [...this.sockets.activities()]) {
      const since = Math.max(at + timeout / exactness, this.sockets.answeredAt(socket))
      if (now >= since + timeout) this.sockets.close(socket)
      else this.plan(since + timeout, timeout)
    }
  }

  /** A socket closed. Cancels the timer if no socket with an idle timeout is left. */
  forget(): void {
    if (this.due === Infinity) return
    for (const _ of this.sockets.activities()) return
    this.due = Infinity
    this.alarms.cancel(key)
  }

  /** On a grid, so that sockets that become idle at about the same time share a sweep. */
  private plan(earliest: number, timeout: number): void {
    const step = timeout / exactness
    const due = Math.ceil(earliest / step + 1) * step
    if (due >= this.due) return
    this.due = due
    this.alarms.set(key, due, () => this.sweep())
  }
}
