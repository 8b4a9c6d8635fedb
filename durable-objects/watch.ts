/** All there is to keep of a stopwatch: the time on it follows from this. */
export interface Watch {
  /** The time on the watch, in milliseconds, when it was last started or stopped. */
  readonly elapsed: number
  /** When it was started; left out while it is stopped. */
  readonly startedAt?: number
  /** The next whole second to be sent. */
  readonly next: number
}

export const zero: Watch = { elapsed: 0, next: 0 }
const second = 1000

/** What a command makes of a watch; the same watch where it changes nothing. */
export const commands = new Map<string, (watch: Watch, now: number) => Watch>([
  ["start", (watch, now) => (isRunning(watch) ? watch : { ...watch, startedAt: now })],
  ["stop", (watch, now) => (isRunning(watch) ? stopped(elapsed(watch, now)) : watch)],
  ["reset", (watch, now) => (isRunning(watch) ? { ...zero, startedAt: momentAfter(watch, now) } : zero)],
])

export function isRunning(watch: Watch): boolean {
  return watch.startedAt !== undefined
}

/** The elapsed whole seconds. */
export function secondsOn(watch: Watch, now: number): number {
  return Math.max(0, Math.floor(elapsed(watch, now) / second))
}

/** When, at or after `from`, a running watch reaches a whole second that was not sent yet. */
export function timeOfSecond(watch: Watch, from: number): number | undefined {
  if (watch.startedAt === undefined) return undefined
  const number = Math.max(watch.next, Math.ceil(elapsed(watch, from) / second))
  return watch.startedAt + number * second - watch.elapsed
}

function elapsed({ elapsed, startedAt }: Watch, now: number): number {
  return startedAt === undefined ? elapsed : elapsed + now - startedAt
}

function stopped(elapsed: number): Watch {
  return { elapsed, next: Math.floor(elapsed / second) + 1 }
}

/** A second that is reached in this very millisecond has it for itself: zero comes in the next. */
function momentAfter(watch: Watch, now: number): number {
  return elapsed(watch, now) % second === 0 ? now + 1 : now
}
