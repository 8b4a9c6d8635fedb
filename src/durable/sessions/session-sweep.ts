import type { AlarmClock } from "../alarm-clock.ts"
import { EarliestTimer } from "../earliest-timer.ts"
import type { ObjectSocket } from "../sockets/object-socket.ts"

const key = "sluice:sessions"

/** The sessions that a sweep works on. */
export interface Expirable {
  /** The sessions without a socket, each with the time at which it ends. */
  deadlines(): Iterable<[socket: ObjectSocket, expires: number]>
  expire(socket: ObjectSocket): void
}

/** Ends the sessions that have been without a socket for too long, with one timer. Without such sessions there is no timer. */
export class SessionSweep {
  private readonly timer: EarliestTimer

  constructor(
    private readonly alarms: AlarmClock,
    private readonly sessions: Expirable,
  ) {
    this.timer = new EarliestTimer(alarms, key, () => this.sweep())
  }

  /** Makes sure that a session ends in time. */
  schedule(expires: number): void {
    this.timer.schedule(expires)
  }

  /** A session has a socket again. */
  onAttached(): void {
    this.timer.cancelWithout(this.sessions.deadlines())
  }

  private sweep(): void {
    const now = this.alarms.now()
    for (const [socket, expires] of [...this.sessions.deadlines()]) {
      if (expires <= now) this.sessions.expire(socket)
      else this.schedule(expires)
    }
  }
}
