import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { LogEntry } from "../../src/stream/logger.ts"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

type Role = "worker" | "slow" | "lines" | "relay" | "news"

const refusing = (ids: readonly string[], line: string) => {
  if (line === "bad") throw new Error("There is no partition for bad")
  return ids.at(-1)
}

/** Elements wait for the commit of a transaction, or for the broadcast that causes them. */
class House extends FlowObject<unknown, Role> {
  readonly jobs = this.hub<string>("jobs", { partition: (ids) => ids.at(-1) })
  readonly news = this.hub<string>("news")
  readonly paced = this.hub<string>("paced", { backpressure: true, partition: refusing })

  protected accept({ data }: ConnectionContext<Role>) {
    const listening = (source: Source<string>) => Flow.fromSinkAndSource(Sink.ignore(), source)
    const toPaced = Flow.of<string>()
      .mapConcat((lines) => lines.split(","))
      .to(this.paced.sink())
    const flows: Record<Role, () => Flow<string, string>> = {
      worker: () => listening(this.jobs.source()),
      slow: () => listening(this.paced.source({ bufferSize: 1 }).throttle(1, "1 second")),
      lines: () => Flow.fromSinkAndSource(toPaced, Source.never()),
      relay: () =>
        Flow.fromSinkAndSource(Sink.ignore(), this.news.source().via(Flow.fromSinkAndSource(toPaced, Source.never()))),
      news: () => Flow.fromSinkAndSource(this.news.sink(), Source.never()),
    }
    return webSocket.endpoint(text, flows[data]())
  }

  transaction(run: () => Promise<void>): Promise<void> {
    return this.ctx.storage.transaction(run)
  }

  closeNewest(): void {
    this.connections.close([...this.connections].at(-1)?.id ?? "")
  }
}

let errors: LogEntry[]
let object: MemoryObject<House>

beforeEach(() => {
  errors = logged()
  object = new MemoryObject(House)
})
afterEach(() => vi.useRealTimers())

function pass(seconds: number): void {
  for (let second = 0; second < seconds; second++) object.advance(1_000)
}

describe("an element of a hub with partition that waits for a commit", () => {
  it("goes to one of the subscribers at the commit, if another one has joined", async () => {
    const workers = [await object.connect("worker")]
    await object.instance.transaction(async () => {
      object.instance.jobs.publish("a")
      workers.push(await object.connect("worker"))
    })
    expect(workers.map(({ received }) => received)).toEqual([[], ["a"]])
  })

  it("goes to one of the subscribers at the commit, if one of them has left", async () => {
    const [first, second] = [await object.connect("worker"), await object.connect("worker")]
    await object.instance.transaction(async () => {
      object.instance.jobs.publish("a")
      object.instance.closeNewest()
    })
    expect([first.received, second.received]).toEqual([["a"], [closed(1000)]])
  })
})

const numbers = ["1", "2", "3", "4", "5", "6"]

describe("the sink of a hub with backpressure", () => {
  it("waits for room after a commit too", async () => {
    const [slow, lines] = [await object.connect("slow"), await object.connect("lines")]
    await object.instance.transaction(async () => object.send(lines, numbers.join()))
    pass(20)
    expect(slow.received).toEqual(numbers)
  })

  it("goes on after a rollback", async () => {
    const [slow, lines] = [await object.connect("slow"), await object.connect("lines")]
    const rolledBack = object.instance.transaction(async () => {
      object.send(lines, "in the transaction")
      throw new Error("Rolled back, as the test wants it")
    })
    await expect(rolledBack).rejects.toThrow("Rolled back")
    object.send(lines, numbers.join())
    pass(20)
    expect(slow.received).toEqual(numbers)
  })

  it("waits for room after the broadcast of another hub too", async () => {
    const [slow, news] = [await object.connect("slow"), await object.connect("news")]
    await object.connect("relay")
    object.send(news, numbers.join())
    pass(20)
    expect(slow.received).toEqual(numbers)
  })

  it("fails with the error of an element that has waited for a commit", async () => {
    const [slow, lines] = [await object.connect("slow"), await object.connect("lines")]
    await object.instance.transaction(async () => object.send(lines, "bad"))
    object.send(await object.connect("lines"), "1")
    expect([slow.received, lines.received]).toEqual([["1"], [closed(1011)]])
    expect(errors.map(({ event }) => event)).toEqual(["flow failed"])
  })

  it("fails with the error of an element that has waited for the broadcast of another hub", async () => {
    const [slow, news, relay] = [
      await object.connect("slow"),
      await object.connect("news"),
      await object.connect("relay"),
    ]
    object.send(news, "1,bad,2")
    object.send(await object.connect("lines"), "3")
    pass(20)
    expect([slow.received, news.received, relay.received]).toEqual([["1", "3"], [], [closed(1011)]])
    expect(errors.map(({ event }) => event)).toEqual(["flow failed"])
  })
})
