import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

let maxDetached: number

interface Member {
  name: string
  durable?: boolean
}

/** Publishes the name of each connection that ends. Each job goes to the worker of its number. */
class Crowd extends FlowObject<unknown, Member> {
  protected override readonly maxDetached = maxDetached
  private readonly left = this.hub<string>("left")
  readonly jobs = this.hub<string>("jobs", { partition: (ids, job) => ids[Number(job)] })

  protected accept({ data: { name, durable } }: ConnectionInfo<Member>) {
    const noted = Flow.of<string>().onTermination(() => this.left.publish(name))
    const news = name === "observer" ? this.left.source() : this.jobs.source()
    const flow = Flow.fromSinkAndSource(noted.to(Sink.ignore()), news)
    return webSocket.endpoint(text, flow, { resume: { within: "1 minute", durable } })
  }
}

const names = ["a", "b", "c", "d", "e"]

async function crowd(durable = false) {
  const object = new MemoryObject(Crowd)
  const observer = await new MemorySession(object, { name: "observer" }).connect()
  const clients: MemorySession[] = []
  for (const name of names) clients.push(await new MemorySession(object, { name, durable }).connect())
  return { object, observer, clients }
}

beforeEach(() => {
  logged()
  maxDetached = 10_000
})
afterEach(() => vi.useRealTimers())

describe("the sessions without a socket", () => {
  it("that have lost theirs first are ended first if there are too many, after hibernation too", async () => {
    maxDetached = 3
    const { object, observer, clients } = await crowd()
    for (const client of clients.slice(0, 3)) client.drop()
    await object.evict()
    for (const client of clients.slice(3)) client.drop()
    expect(observer.read().received).toEqual(["a", "b"])
  })

  it("are none if maxDetached is 0", async () => {
    maxDetached = 0
    const { observer, clients } = await crowd()
    for (const client of clients) client.drop()
    expect(observer.read().received).toEqual(names)
  })

  it("are no more than maxDetached after a crash", async () => {
    maxDetached = 3
    const { object } = await crowd(true)
    await object.crash()
    await object.connect({ name: "other" })
    expect([...object.rows.keys()].filter((key) => key.startsWith("sluice:session:")).length).toBe(3)
  })

  it("have the same order for the partition of a hub after hibernation", async () => {
    const { object, clients } = await crowd()
    for (const client of clients) client.drop()
    await object.evict()
    for (const job of names.keys()) object.instance.jobs.publish(String(job))
    for (const client of clients) await client.connect()
    expect(clients.map(({ received }) => received)).toEqual([["0"], ["1"], ["2"], ["3"], ["4"]])
  })
})
