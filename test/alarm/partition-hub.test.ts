import { Flow, Sink, text, webSocket } from "sluice"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

let object: MemoryObject<Scripted>
let seen: (readonly string[])[]
let ids: string[]

beforeEach(() => {
  logged()
  seen = []
  ids = []
  script(({ hub }) => {
    /** Each job goes to the worker whose number it begins with. */
    const jobs = hub<string>("jobs", {
      partition: (workers, job) => {
        seen.push(workers)
        return workers[Number(job[0])]
      },
    })
    return {
      accept({ data, id }) {
        if (data !== "publisher" && !ids.includes(id)) ids.push(id)
        const source = data === "mapped" ? jobs.source().map((job) => `mapped ${job}`) : jobs.source()
        const flow = Flow.fromSinkAndSource(Sink.ignore(), source)
        return webSocket.endpoint(text, data === "publisher" ? Flow.of<string>().alsoTo(jobs.sink()) : flow)
      },
    }
  })
  object = new MemoryObject(Scripted)
  ids.length = 0
})

afterEach(() => vi.useRealTimers())

const taken = ({ received }: MemorySocket) => received.splice(0)

async function joined() {
  ids.length = 0
  const workers = [await object.connect("worker"), await object.connect("mapped"), await object.connect("worker")]
  return { publisher: await object.connect("publisher"), workers }
}

describe("a hub with partition", () => {
  it("sends each element to the subscriber that is chosen", async () => {
    const { publisher, workers } = await joined()
    for (const job of ["0 a", "1 b", "2 c", "1 d"]) object.send(publisher, job)
    expect(workers.map(taken)).toEqual([["0 a"], ["mapped 1 b", "mapped 1 d"], ["2 c"]])
    expect(seen[0]).toEqual(ids)
  })

  it("drops an element without a subscriber of that id", async () => {
    const { publisher, workers } = await joined()
    object.send(publisher, "7 nobody")
    expect(workers.map(taken)).toEqual([[], [], []])
  })

  it("counts hibernating subscribers, in the same order", async () => {
    const { publisher, workers } = await joined()
    const before = [...ids]
    await object.evict()
    for (const job of ["1 a", "0 b", "2 c"]) object.send(publisher, job)
    expect(workers.map(taken)).toEqual([["0 b"], ["mapped 1 a"], ["2 c"]])
    for (const workersSeen of seen) expect(workersSeen).toEqual(before)
  })

  it("does not count a subscriber that has left", async () => {
    const { publisher, workers } = await joined()
    object.close(workers[0] as MemorySocket, 1000, "")
    object.send(publisher, "0 a")
    expect(workers.map(taken).slice(1)).toEqual([["mapped 0 a"], []])
  })

  it("refuses a partition that is no function, and a log", () => {
    const made = (options: object) => {
      script(({ hub }) => {
        hub("jobs", options)
        return {}
      })
      return () => new MemoryObject(Scripted).instance
    }
    expect(made({ partition: "first" })).toThrow('The partition of hub "jobs" is "first": write a function')
    expect(made({ partition: () => undefined, keep: 3 })).toThrow("a log is for all subscribers")
  })
})
