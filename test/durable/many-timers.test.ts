import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { beforeEach, expect, it, vi } from "vitest"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

const count = 10_000

/** Sets many timers, cancels all, or counts those that have fired. */
class Clockwork extends Actor<string> {
  override state = 0

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  receive(message: string) {
    if (message === "set") {
      for (let n = 0; n < count; n++) this.timers.startSingleTimer(`t${n}`, "fired", "1 minute")
    }
    if (message === "fired" && ++this.state === count) this.out.publish(`fired ${this.state}`)
    if (message === "more") this.timers.startSingleTimer("more", "more fired", "1 hour")
    if (message === "cancel") this.timers.cancelAll()
    if (message === "stop") this.context.stop(this.self)
    if (message !== "fired") this.out.publish(message)
  }
}

let object: TestObject<Scripted>

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  script(({ hub, actor }) => {
    const news = hub<string>("news")
    const clockwork = actor("clockwork", Props.of(Clockwork, news).withMailbox({ capacity: count }))
    const sink = Sink.forEach((message: string) => clockwork.tell(message))
    return { accept: () => webSocket.endpoint(text, Flow.fromSinkAndSource(sink, news.source())) }
  })
  object = new TestObject("SCRIPTED")
})

const rows = () => object.inside((_, { storage }) => [...storage.kv.list({ prefix: "sluice:timers:" })].length)

it("ten thousand timers of an actor are rows of the runtime's storage (fault 47)", async () => {
  const client = await object.dial("/scripted/:id")
  expect(await client.send("set").next()).toEqual(["set"])
  expect(await rows()).toBeGreaterThan(count / 600)
  await object.sleep()
  await object.pass(60_000)
  expect(await client.next()).toEqual([`fired ${count}`])
  expect(await rows()).toBe(0)
})

it.each(["cancel", "stop"])("the rows of an actor's timers are deleted after %s", async (message) => {
  const client = await object.dial("/scripted/:id")
  await client.send("set").next()
  await object.sleep()
  expect(await client.send("more", message).next(2)).toEqual(["more", message])
  expect(await rows()).toBe(0)
  expect(await object.alarm()).toBeNull()
})
