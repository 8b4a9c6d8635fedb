/** The state of a stopwatch. The elapsed time follows from it. */
export interface StopwatchState {
  /** The elapsed time, in milliseconds, when the stopwatch was last started or stopped. */
  readonly elapsed: number
  /** When it was started, in milliseconds since the epoch; left out while it is stopped. */
  readonly startedAt?: number
  /** The next whole second to be sent. */
  readonly next: number
}

export const zero: StopwatchState = { elapsed: 0, next: 0 }
const second = 1000

/** The state after a command; the same object if the command changes nothing. */
export const commands = new Map<string, (state: StopwatchState, now: number) => StopwatchState>([
  ["start", (state, now) => (isRunning(state) ? state : { ...state, startedAt: now })],
  ["stop", (state, now) => (isRunning(state) ? stopped(elapsed(state, now)) : state)],
  ["reset", (state, now) => (isRunning(state) ? { ...zero, startedAt: restartedAt(state, now) } : zero)],
])

export function isRunning(state: StopwatchState): boolean {
  return state.startedAt !== undefined
}

/** The elapsed whole seconds. */
export function secondsOn(state: StopwatchState, now: number): number {
  return Math.max(0, Math.floor(elapsed(state, now) / second))
}

/** When, at or after `from`, a running stopwatch reaches a whole second that was not sent yet; `undefined` if it is stopped. */
export function timeOfSecond(state: StopwatchState, from: number): number | undefined {
  if (state.startedAt === undefined) return undefined
  const number = Math.max(state.next, Math.ceil(elapsed(state, from) / second))
  return state.startedAt + number * second - state.elapsed
}

function elapsed({ elapsed, startedAt }: StopwatchState, now: number): number {
  return startedAt === undefined ? elapsed : elapsed + now - startedAt
}

function stopped(elapsed: number): StopwatchState {
  return { elapsed, next: Math.floor(elapsed / second) + 1 }
}

/** A second that is due in the millisecond of the reset is sent first, so zero follows a millisecond later. */
function restartedAt(state: StopwatchState, now: number): number {
  return elapsed(state, now) % second === 0 ? now + 1 : now
}
