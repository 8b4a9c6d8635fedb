import type { AlarmClock } from "./alarm-clock.ts"

/** When something last came from a client, and how long it may be silent. */
export interface Activity {
  readonly timeout: number
  at: number
  /** The time that was kept last; somebody may look idle for longer than he is by a part of the timeout. */
  kept?: number
}

/** How exact it is: what a client sends is kept, and its time looked at, so many times in its timeout at the most. */
const exactness = 16

const key = "sluice:idle"

/** The part of an object's sockets that a sweep works on. */
export interface Sweepable {
  /** Who is connected and must not be silent for ever. */
  activities(): Iterable<[socket: WebSocket, activity: Activity]>
  /** When the runtime last answered a keep-alive text of the client. */
  answeredAt(socket: WebSocket): number
  close(socket: WebSocket): void
}

/**
 * Closes the sockets from which nothing has come for too long. One timer for all of them; without such sockets there is none.
 * It is as late as it is inexact, never early.
 */
export class IdleSweep {
  private due = Infinity

  constructor(
    private readonly sockets: Sweepable,
    private readonly alarms: AlarmClock,
  ) {}

  /** Whether what was kept of an activity is too old. */
  isNews({ timeout, at, kept = 0 }: Activity): boolean {
    return at >= kept + timeout / exactness
  }

  /** What to keep of an activity. */
  kept(activity: Activity): Activity {
    activity.kept = activity.at
    return { timeout: activity.timeout, at: activity.at }
  }

  /** Somebody is to be looked at in time. */
  expect({ timeout, at }: Activity): void {
    this.plan(at + timeout, timeout)
  }

  /** Looks at everybody. */
  sweep(): void {
    const now = this.alarms.now()
    this.due = Infinity
    for (const [socket, { timeout, at }] of [...this.sockets.activities()]) {
      const since = Math.max(at + timeout / exactness, this.sockets.answeredAt(socket))
      if (now >= since + timeout) this.sockets.close(socket)
      else this.plan(since + timeout, timeout)
    }
  }

  /** Somebody has left: who was the last leaves no timer behind. */
  forget(): void {
    if (this.due === Infinity) return
    for (const _ of this.sockets.activities()) return
    this.due = Infinity
    this.alarms.cancel(key)
  }

  /** On a grid, so that those who must go at about the same time share a sweep. */
  private plan(earliest: number, timeout: number): void {
    const step = timeout / exactness
    const due = Math.ceil(earliest / step + 1) * step
    if (due >= this.due) return
    this.due = due
    this.alarms.set(key, due, () => this.sweep())
  }
}
