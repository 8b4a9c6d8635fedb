import { Flow, Sink, Source, text, webSocket } from "sluice"
import { expect, it } from "vitest"
import { script } from "../support/durable-worker/scripted.ts"
import { TestObject } from "../support/test-object.ts"

const dial = (object: TestObject, data: string) => object.dial(`/scripted/:id?data=${JSON.stringify(data)}`)

it("a hub with partition counts its subscribers in the order of their connections, awake and hibernating", async () => {
  script(({ hub }) => {
    const jobs = hub<string>("jobs", { partition: (ids, job) => ids[Number(job)] })
    const producer = Flow.fromSinkAndSource(jobs.sink(), Source.never())
    const worker = Flow.fromSinkAndSource(Sink.ignore(), jobs.source())
    return { accept: ({ data }) => webSocket.endpoint(text, data === "producer" ? producer : worker) }
  })
  const object = new TestObject("SCRIPTED")
  const workers = [await dial(object, "worker"), await dial(object, "worker"), await dial(object, "worker")]
  const producer = await dial(object, "producer")
  for (const isAsleep of [false, true]) {
    if (isAsleep) await object.sleep()
    producer.send("2", "0", "1")
    expect(await Promise.all(workers.map((worker) => worker.next()))).toEqual([["0"], ["1"], ["2"]])
  }
})

it("a hub with backpressure loses nothing for a slow subscriber, also through an eviction", async () => {
  script(({ hub }) => {
    const news = hub<string>("news", { backpressure: true })
    const flows: Record<string, Flow<string, string>> = {
      producer: Flow.fromSinkAndSource(news.sink(), Source.never()),
      fast: Flow.fromSinkAndSource(Sink.ignore(), news.source()),
      slow: Flow.fromSinkAndSource(Sink.ignore(), news.source({ bufferSize: 1 }).throttle(1, "50 milliseconds")),
    }
    return { accept: ({ data }) => webSocket.endpoint(text, flows[String(data)] ?? Flow.of<string>()) }
  })
  const object = new TestObject("SCRIPTED")
  const [fast, slow, producer] = [
    await dial(object, "fast"),
    await dial(object, "slow"),
    await dial(object, "producer"),
  ]
  const numbers = Array.from({ length: 20 }, (_, index) => String(index))
  producer.send(...numbers)
  expect(await slow.next(2)).toEqual(["0", "1"])
  await object.sleep()
  producer.send("last")
  expect(await slow.next(19)).toEqual([...numbers.slice(2), "last"])
  expect(await fast.next(21)).toEqual([...numbers, "last"])
})
