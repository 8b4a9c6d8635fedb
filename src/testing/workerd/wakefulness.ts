/** Something that keeps objects in memory, and where it began. */
interface Cause {
  what: string
  where: string
}

/** Notices what keeps an object from hibernating: timers, sockets that it accepted by `accept()`, and promises of `ctx.waitUntil`. */
export class Wakefulness {
  private readonly causes = new Map<unknown, Cause>()
  private seesPromises = false
  /** Unobserved, for the kit itself. */
  private readonly timer = globalThis.setTimeout

  /** Waits in real time. */
  wait(duration: number): Promise<void> {
    return new Promise((resolve) => Reflect.apply(this.timer, globalThis, [resolve, duration]))
  }

  /** Notices from now on whatever any object of the isolate starts. */
  watch(): void {
    this.watchTimers("setTimeout", "clearTimeout", true)
    this.watchTimers("setInterval", "clearInterval", false)
    const { accept } = WebSocket.prototype
    const causes = this.causes
    WebSocket.prototype.accept = function (this: WebSocket, ...options) {
      causes.set(this, { what: "a socket that was accepted by accept()", where: caller() })
      this.addEventListener("close", () => causes.delete(this))
      return accept.apply(this, options)
    }
  }

  /** Notices the promises of `ctx.waitUntil` from now on, of all objects of the isolate; `state` is that of any. */
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

  /** A client's end, which keeps no object in memory. */
  forget(socket: WebSocket): void {
    this.causes.delete(socket)
  }

  /** The pending work. */
  get pending(): string[] {
    return [...this.causes.values()].map(({ what, where }) => `${what}, ${where}`)
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

/** The line of code that has called what is observed. */
function caller(): string {
  const lines = new Error().stack?.split("\n").slice(1) ?? []
  return (lines.find((line) => !line.includes("wakefulness")) ?? "at an unknown place").trim()
}
