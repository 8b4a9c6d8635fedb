/// <reference types="@cloudflare/vitest-plugin/types" />
import { evictDurableObject, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import { vi } from "vitest"
import type { FlowObject } from "../../src/durable.ts"
import { dial, type Line } from "./dial.ts"
import type { Objects } from "./durable-worker/worker.ts"

declare global {
  namespace Cloudflare {
    interface Env extends Objects {}
  }
}

/** Stops the time, one hour from now, so that no alarm fires on its own: see `TestObject.pass`. */
export function holdTime(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 })
}

let objects = 0

/** A Durable Object with a name of its own. It hibernates and fires alarms on demand. */
export class TestObject<T extends FlowObject = FlowObject> {
  readonly id = `place-${++objects}`

  constructor(private readonly namespace: keyof Objects) {}

  get stub(): DurableObjectStub {
    return env[this.namespace].getByName(this.id)
  }

  /** A socket of this object; `:id` in the path stands for its name. */
  dial(path: string, headers?: Record<string, string>): Promise<Line> {
    return dial(path.replace(":id", this.id), headers)
  }

  /** Waits until every message has arrived, and evicts the object. Its sockets stay open. */
  async sleep(): Promise<void> {
    await this.arrived()
    await evictDurableObject(this.stub, { webSockets: "hibernate" })
  }

  /** Waits until every message has arrived. */
  async arrived(): Promise<void> {
    await this.inside(() => {})
    await this.inside(() => {})
  }

  inside<R>(callback: (object: T, state: DurableObjectState) => R | Promise<R>): Promise<R> {
    return runInDurableObject(this.stub, callback)
  }

  /** The time of the alarm. */
  alarm(): Promise<number | null> {
    return this.inside((_, { storage }) => storage.getAlarm())
  }

  /** Hibernates, advances the time by `duration` milliseconds, and fires the alarm if it is due. */
  async pass(duration: number): Promise<void> {
    await this.sleep()
    vi.setSystemTime(Date.now() + duration)
    const alarm = await this.alarm()
    if (alarm !== null && alarm <= Date.now()) await this.ring(alarm)
  }

  /** Fires the alarm. */
  ring(scheduledTime: number, isRetry = false): Promise<void> {
    return this.inside(async (object, { storage }) => {
      // By the runtime's own method, which the object has not wrapped.
      if (!isRetry) await Object.getPrototypeOf(storage).deleteAlarm.call(storage)
      object.alarm({ scheduledTime, isRetry, retryCount: isRetry ? 1 : 0 })
    })
  }

  /** The keys of the rows in storage. */
  rows(): Promise<string[]> {
    return this.inside((_, { storage }) => [...storage.kv.list()].map(([key]) => key))
  }
}

/** Counts the calls that cost money or time, of all objects. */
export class CostMeter {
  private readonly calls: Record<string, { mock: { calls: unknown[] } }> = {}

  /** Starts counting; any object will do. */
  static async open(object: TestObject): Promise<CostMeter> {
    const costs = new CostMeter()
    await object.inside((_, { storage }) => {
      const prototypes = { storage: Object.getPrototypeOf(storage), kv: Object.getPrototypeOf(storage.kv) }
      costs.calls.setAlarm = vi.spyOn(prototypes.storage, "setAlarm")
      costs.calls.deleteAlarm = vi.spyOn(prototypes.storage, "deleteAlarm")
      costs.calls.put = vi.spyOn(prototypes.kv, "put")
      costs.calls.delete = vi.spyOn(prototypes.kv, "delete")
    })
    costs.calls.attach = vi.spyOn(WebSocket.prototype, "serializeAttachment")
    costs.calls.read = vi.spyOn(WebSocket.prototype, "deserializeAttachment")
    return costs
  }

  /** How many calls of this name there were since the last `take`. */
  count(name: string): number {
    return this.calls[name]?.mock.calls.length ?? 0
  }

  /** The calls since the last time, by name. */
  take(): Record<string, number> {
    const counts = Object.entries(this.calls).map(([name, { mock }]) => [name, mock.calls.splice(0).length] as const)
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }
}
