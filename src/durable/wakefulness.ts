import { systemClock } from "../stream/clock.ts"

/** How often the timer is set again, in milliseconds. */
const period = 60_000

/** Keeps the object in memory while a live source runs in it: sets a timer, because the runtime hibernates no object with one. */
export class Wakefulness {
  private count = 0
  private cancelTimer: (() => void) | undefined

  /** Keeps the object awake until the returned function is called. */
  keepAwake(): () => void {
    if (this.count++ === 0) this.setTimer()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      if (--this.count === 0) this.cancelTimer?.()
    }
  }

  private setTimer(): void {
    this.cancelTimer = systemClock.at(systemClock.now() + period, () => this.setTimer())
  }
}
