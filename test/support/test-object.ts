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

/** From now on time stands still, an hour from now: no alarm rings on its own, see `TestObject.pass`. */
export function holdTime(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 })
}

let objects = 0

/** One Durable Object of a class, of its own name, which sleeps and has alarms when it is told to. */
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

  /** All that was sent has arrived, and the object is evicted. Its sockets stay. */
  async sleep(): Promise<void> {
    await this.arrived()
    await evictDurableObject(this.stub, { webSockets: "hibernate" })
  }

  /** All that was sent has arrived. */
  async arrived(): Promise<void> {
    await this.inside(() => {})
    await this.inside(() => {})
  }

  inside<R>(callback: (object: T, state: DurableObjectState) => R | Promise<R>): Promise<R> {
    return runInDurableObject(this.stub, callback)
  }

  /** When the alarm is set to. */
  alarm(): Promise<number | null> {
    return this.inside((_, { storage }) => storage.getAlarm())
  }

  /** So many milliseconds go by; the object sleeps, and if its alarm is over by then, it rings. */
  async pass(duration: number): Promise<void> {
    await this.sleep()
    vi.setSystemTime(Date.now() + duration)
    const alarm = await this.alarm()
    if (alarm !== null && alarm <= Date.now()) await this.ring(alarm)
  }

  /** The alarm rings. */
  ring(scheduledTime: number, isRetry = false): Promise<void> {
    return this.inside(async (object, { storage }) => {
      // As the runtime does it, not as an author.
      if (!isRetry) await Object.getPrototypeOf(storage).deleteAlarm.call(storage)
      object.alarm({ scheduledTime, isRetry, retryCount: isRetry ? 1 : 0 })
    })
  }

  /** How many rows are in storage, by key. */
  rows(): Promise<string[]> {
    return this.inside((_, { storage }) => [...storage.kv.list()].map(([key]) => key))
  }
}

/** Counts what costs something, whichever object does it. */
export class CostMeter {
  private readonly calls: Record<string, { mock: { calls: unknown[] } }> = {}

  /** To be asked for before what is to be counted; any object will do. */
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

  /** What was done since the last time, and how often. */
  take(): Record<string, number> {
    const counts = Object.entries(this.calls).map(([name, { mock }]) => [name, mock.calls.splice(0).length] as const)
    return Object.fromEntries(counts.filter(([, count]) => count > 0))
  }
}
