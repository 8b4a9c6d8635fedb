/** A cause that keeps objects in memory, and the line of code that started it. */
interface Cause {
  what: string
  where: string
}

/** Records the causes that prevent hibernation: timers and waits, sockets that were accepted by `accept()`, and promises of `ctx.waitUntil`. */
export class Wakefulness {
  private readonly causes = new Map<unknown, Cause>()
  private isWatching = false
  private seesPromises = false
  /** The original function, whose timers are not recorded, for the kit itself. */
  private readonly timer = globalThis.setTimeout

  /** Waits for `duration` milliseconds of real time. */
  wait(duration: number): Promise<void> {
    return new Promise((resolve) => Reflect.apply(this.timer, globalThis, [resolve, duration]))
  }

  /** Records the timers and accepted sockets of all objects of the isolate from now on. */
  watch(): void {
    if (this.isWatching) return
    this.isWatching = true
    this.watchTimers("setTimeout", "clearTimeout", true)
    this.watchTimers("setInterval", "clearInterval", false)
    this.watchScheduler()
    const { accept } = WebSocket.prototype
    const causes = this.causes
    WebSocket.prototype.accept = function (this: WebSocket, ...options) {
      causes.set(this, { what: "a socket that was accepted by accept()", where: caller() })
      this.addEventListener("close", () => causes.delete(this))
      return accept.apply(this, options)
    }
  }

  /** Records the promises of `ctx.waitUntil` of all objects of the isolate from now on. `state` may be that of any object. */
  watchPromises(state: DurableObjectState): void {
    if (this.seesPromises) return
    this.seesPromises = true
    const prototype: DurableObjectState = Object.getPrototypeOf(state)
    const { waitUntil } = prototype
    const causes = this.causes
    prototype.waitUntil = function (this: DurableObjectState, promise) {
      causes.set(promise, { what: "a promise of ctx.waitUntil", where: caller() })
      const settled = () => causes.delete(promise)
      Promise.resolve(promise).then(settled, settled)
      return waitUntil.call(this, promise)
    }
  }

  /** Removes the client's end of a socket, because it keeps no object in memory. */
  forget(socket: WebSocket): void {
    this.causes.delete(socket)
  }

  /** A description of each cause that is pending. */
  get pending(): string[] {
    return [...this.causes.values()].map(({ what, where }) => `${what}, ${where}`)
  }

  private watchScheduler(): void {
    const causes = this.causes
    const { wait } = scheduler
    scheduler.wait = (delay, options) => {
      const waiting = wait.call(scheduler, delay, options)
      causes.set(waiting, { what: `a scheduler.wait of ${delay} ms`, where: caller() })
      const settled = () => causes.delete(waiting)
      waiting.then(settled, settled)
      return waiting
    }
  }

  private watchTimers(
    set: "setTimeout" | "setInterval",
    clear: "clearTimeout" | "clearInterval",
    isOnce: boolean,
  ): void {
    const { [set]: start, [clear]: stop } = globalThis
    const causes = this.causes
    const replacement = (handler: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
      const id: unknown = Reflect.apply(start, globalThis, [
        (...given: unknown[]) => {
          if (isOnce) causes.delete(id)
          handler(...given)
        },
        delay,
        ...args,
      ])
      causes.set(id, { what: `a ${set} of ${delay ?? 0} ms`, where: caller() })
      return id
    }
    Reflect.set(globalThis, set, replacement)
    Reflect.set(globalThis, clear, (id: never) => {
      causes.delete(id)
      Reflect.apply(stop, globalThis, [id])
    })
  }
}

/** The line of code that has called the wrapped function. */
function caller(): string {
  const lines = new Error().stack?.split("\n").slice(1) ?? []
  return (lines.find((line) => !line.includes("wakefulness")) ?? "at an unknown place").trim()
}
