import { Flow, json, Sink, Source, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import * as v from "valibot"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

// #region jobs
const Job = v.object({ customer: v.number(), task: v.string() })
type Role = { role: "producer" | "worker" }

export class Jobs extends FlowObject<unknown, Role> {
  /** Jobs of one customer go to one worker, and producers wait for the slowest. */
  private readonly jobs = this.hub<v.InferOutput<typeof Job>>("jobs", {
    partition: (workers, { customer }) => workers[customer % workers.length],
    backpressure: true,
  })

  protected accept({ data: { role } }: ConnectionContext<Role>) {
    const producer = Flow.fromSinkAndSource(this.jobs.sink(), Source.never())
    const worker = Flow.fromSinkAndSource(Sink.ignore(), this.jobs.source())
    return webSocket.endpoint(json(Job, Job), role === "producer" ? producer : worker)
  }
}
// #endregion

afterEach(() => vi.useRealTimers())

it("gives each job to one worker", async () => {
  const object = new MemoryObject(Jobs)
  const workers = [await object.connect({ role: "worker" }), await object.connect({ role: "worker" })]
  const producer = await object.connect({ role: "producer" })
  for (const customer of [1, 2, 3]) object.send(producer, JSON.stringify({ customer, task: "bill" }))
  expect(workers.map(({ received }) => received.map((job) => JSON.parse(String(job)).customer))).toEqual([[2], [1, 3]])
})
