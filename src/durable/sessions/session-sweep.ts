import type { AlarmClock } from "../alarm-clock.ts"
import type { ObjectSocket } from "../sockets/object-socket.ts"

const key = "sluice:sessions"

/** The sessions that a sweep works on. */
export interface Expirable {
  /** The sessions without a socket, each with the time at which it ends. */
  deadlines(): Iterable<[socket: ObjectSocket, expires: number]>
  expire(socket: ObjectSocket): void
}

/** Ends the sessions that have been without a socket for too long, with one timer for all of them. Without such sessions there is no timer. */
export class SessionSweep {
  private due = Infinity

  constructor(
    private readonly alarms: AlarmClock,
    private readonly sessions: Expirable,
  ) {}

  /** Makes sure that a session ends in time. */
  expect(expires: number): void {
    if (expires >= this.due) return
    this.due = expires
    this.alarms.set(key, expires, () => this.sweep())
  }

  /** A session has ended or has another socket. Cancels the timer if no session is left without a socket. */
  forget(): void {
    if (this.due === Infinity) return
    for (const _ of this.sessions.deadlines()) return
    this.due = Infinity
    this.alarms.cancel(key)
  }

  private sweep(): void {
    const now = this.alarms.now()
    this.due = Infinity
    for (const [socket, expires] of [...this.sessions.deadlines()]) {
      if (expires <= now) this.sessions.expire(socket)
      else this.expect(expires)
    }
  }
}
