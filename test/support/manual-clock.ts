import type { Clock } from "../../src/stream/clock.ts"

/** A clock that stands still until it is moved by hand. */
export class ManualClock implements Clock {
  private timers: { due: number; fire: () => void }[] = []
  private time = 0
  /** When the first timer of an instance was due that is no more. */
  private lost = Infinity

  now(): number {
    return this.time
  }

  at(due: number, fire: () => void): () => void {
    const timer = { due, fire }
    this.timers.push(timer)
    return () => this.remove(timer)
  }

  /** How many timers are set. */
  get pending(): number {
    return this.timers.length
  }

  /** For a run that goes on in a new instance: when the first timer is due, those of the old instance included. */
  get deliveredUntil(): number {
    return Math.min(this.lost, ...this.timers.map(({ due }) => due))
  }

  /** Runs `restart`, in which the timers of an instance are lost and set anew. */
  outlive(restart: () => void): void {
    this.lost = this.deliveredUntil
    restart()
    this.lost = Infinity
  }

  /** Moves on by `duration` milliseconds and fires each timer at its own time on the way. */
  advance(duration: number): void {
    const end = this.time + duration
    for (let timer = this.next(end); timer; timer = this.next(end)) {
      this.remove(timer)
      this.time = Math.max(this.time, timer.due)
      timer.fire()
    }
    this.time = end
  }

  /** Moves on without firing anything, as while a machine is late; the timers fire with the next `advance`. */
  stall(duration: number): void {
    this.time += duration
  }

  private next(end: number): { due: number; fire: () => void } | undefined {
    return this.timers.filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0]
  }

  private remove(timer: { due: number; fire: () => void }): void {
    this.timers = this.timers.filter((other) => other !== timer)
  }
}
