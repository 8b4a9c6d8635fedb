import type { ClientClock } from "./clock.ts"

const first = 100
const longest = 20_000
/** A connection that lasts as long has not ended for what ended the one before. */
const steady = 5_000

/** When to connect again. */
export interface Backoff {
  /** Connects after a while; `openedAt` is when the connection that was lost had been opened, if it was. */
  wait(openedAt?: number): void
  /** Waits until it is skipped. */
  pause(): void
  /** Connects at once, if it waits. */
  skip(): void
  stop(): void
}

/**
 * Waits at random within 100 ms, then within twice as much each time, up to 20 s. The whole wait is random ("full jitter"), so that
 * the clients of a server that restarts do not come back all at once.
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
