import type { ClientClock } from "./clock.ts"

const first = 100
const longest = 20_000
/** After a connection of as many milliseconds the waits begin at the shortest one again. */
const steady = 5_000

/** When to connect again. */
export interface Backoff {
  /** Connects after a random wait. `openedAt` is when the lost connection was opened, left out if it never was. */
  wait(openedAt?: number): void
  /** Waits until `skip` is called. */
  pause(): void
  /** Connects at once, if it waits. */
  skip(): void
  stop(): void
}

/**
 * Waits at random within 100 ms, then within twice as much each time, up to 20 s. The whole wait is random ("full jitter"), so that
 * the clients of a server that restarts do not reconnect all at once.
 */
export function makeBackoff(clock: ClientClock, random: () => number, connect: () => void): Backoff {
  let attempt = 0
  let cancel: (() => void) | undefined
  const stop = () => {
    cancel?.()
    cancel = undefined
  }
  const skip = () => {
    const isWaiting = cancel
    stop()
    if (isWaiting) connect()
  }
  return {
    stop,
    skip,
    pause() {
      stop()
      cancel = () => {}
    },
    wait(openedAt = Infinity) {
      const now = clock.now()
      if (now - openedAt >= steady) attempt = 0
      cancel = clock.at(now + random() * Math.min(longest, first * 2 ** attempt++), skip)
    },
  }
}
