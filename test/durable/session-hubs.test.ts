import { Flow, Sink, text, webSocket } from "sluice"
import type { Hub } from "sluice/durable"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { LineSession, leave } from "../support/line-session.ts"
import { logged } from "../support/logged.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

let object: TestObject<Scripted>
let news: Hub<string>
/** How many flows were built. */
let built: number

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  logged()
  built = 0
})

/** An object whose members get the news straight from the hub, and publish them to all, or "others" to all but themselves. */
function room(durable: boolean, keep = 1_000, maxBufferedAmount = 65_536) {
  script(({ hub }) => {
    news = hub<string>("news", { keep })
    return {
      accept: ({ id }) => {
        built++
        const publish = Sink.forEach((message: string) =>
          news.publish(message, { except: message.startsWith("others") ? id : undefined }),
        )
        return webSocket.endpoint(text, Flow.fromSinkAndSource(publish, news.source()), {
          resume: { within: 60_000, durable },
          limits: { maxBufferedAmount },
        })
      },
    }
  })
  object = new TestObject<Scripted>("SCRIPTED")
}

const join = (name: string) => new LineSession(object, `/scripted/:id?data="${name}"`).connect()
/** Publishes news that no client has sent. */
const tell = (...texts: string[]) => object.inside(() => texts.forEach((text) => void news.publish(text)))
const joinAll = async (count: number) => {
  const members: LineSession[] = []
  for (let n = 0; n < count; n++) members.push(await join(`member ${n}`))
  return members
}

/** Evicts the object by force, and with it its sockets, as a deploy does. */
async function crash(): Promise<void> {
  await object.inside((_, state) => state.abort("It crashes, as the test wants it")).catch(() => {})
}

it("a durable session continues after a forced eviction with each element once", async () => {
  room(true)
  const [ann, bob] = [await join("ann"), await join("bob")]
  await tell("a")
  expect(await ann.next()).toEqual(["a"])
  ann.send("others b")
  await object.sleep()
  await tell("c", "d")
  await crash()
  await tell("e")
  await ann.connect()
  await bob.connect()
  await tell("f")
  expect(await ann.next(4)).toEqual(["c", "d", "e", "f"])
  expect(await bob.next(6)).toEqual(["a", "others b", "c", "d", "e", "f"])
  expect([ann.resyncs, bob.resyncs]).toEqual([0, 0])
})

describe.each([false, true])("a hub that goes straight to sessions (durable: %s)", (durable) => {
  beforeEach(() => room(durable))

  it("is one row of the log for a message to awake members, and no attachment", async () => {
    const members = await joinAll(10)
    const costs = await CostMeter.open(object)
    await tell("a", "b")
    for (const member of members) expect(await member.next(2)).toEqual(["a", "b"])
    expect(costs.take()).toEqual({ put: 2 })
  })

  it("is one row of the log for a message to hibernating members, and restores none", async () => {
    const members = await joinAll(10)
    await object.sleep()
    const costs = await CostMeter.open(object)
    built = 0
    await tell("a")
    for (const member of members) expect(await member.next()).toEqual(["a"])
    expect(costs.take()).toEqual({ put: 1, read: 10 })
    // One endpoint each, which encodes.
    const endpoints = built
    await tell("b")
    for (const member of members) expect(await member.next()).toEqual(["b"])
    expect([costs.take(), endpoints, built]).toEqual([{ put: 1 }, 10, 10])
  })

  it("costs nothing for members without a socket, and sends them their missed elements", async () => {
    const [ann, bob] = [await join("ann"), await join("bob")]
    await leave(ann)
    await object.sleep()
    const costs = await CostMeter.open(object)
    await tell("a", "b", "c")
    expect(await bob.next(3)).toEqual(["a", "b", "c"])
    expect(costs.take().put).toBe(3)
    await object.sleep()
    await ann.connect()
    expect([await ann.next(3), ann.resyncs]).toEqual([["a", "b", "c"], 0])
  })

  it("sends each element once and in order, through hibernation and lost sockets", async () => {
    const [ann, bob] = [await join("ann"), await join("bob")]
    for (const n of [1, 2, 3]) {
      await tell(`${n}.1`)
      await object.sleep()
      bob.send(`${n}.2`)
      expect(await ann.next(2)).toEqual([`${n}.1`, `${n}.2`])
      await leave(ann)
      await tell(`${n}.3`)
      await object.sleep()
      await tell(`${n}.4`)
      await ann.connect()
      await tell(`${n}.5`)
      expect(await ann.next(3)).toEqual([`${n}.3`, `${n}.4`, `${n}.5`])
      expect(await bob.next(5)).toEqual([1, 2, 3, 4, 5].map((part) => `${n}.${part}`))
    }
    expect([ann.resyncs, bob.resyncs]).toEqual([0, 0])
  })

  it("counts no element for the member that it excludes, awake or hibernating", async () => {
    const [ann, bob] = [await join("ann"), await join("bob")]
    for (const n of [1, 2]) {
      ann.send(`others ${n}`)
      expect(await bob.next()).toEqual([`others ${n}`])
      await object.sleep()
      await tell(`all ${n}`)
      expect([await ann.next(), await bob.next()]).toEqual([[`all ${n}`], [`all ${n}`]])
      await leave(ann)
      await object.sleep()
      await ann.connect()
    }
    bob.send("last")
    expect([await ann.next(), ann.resyncs]).toEqual([["last"], 0])
  })

  it("begins a new session if the log has overwritten missed elements", async () => {
    room(durable, 2)
    const ann = await join("ann")
    await tell("a")
    expect(await ann.next()).toEqual(["a"])
    await leave(ann)
    await object.sleep()
    await tell("b", "c", "d")
    await ann.connect()
    expect(ann.resyncs).toBe(1)
    await tell("e")
    expect(await ann.next()).toEqual(["e"])
  })

  it("is not sent to a slow client, which reads the log when it has caught up", async () => {
    // The timers that poll a slow client keep its object in memory, so they never fire here.
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: Date.now() })
    room(durable, 1_000, 10)
    const [ann, bob] = [await join("ann"), await join("bob")]
    const [, socket] = await object.inside((_, state) => state.getWebSockets())
    let isSlow = true
    vi.spyOn(WebSocket.prototype, "bufferedAmount", "get").mockImplementation(function (this: WebSocket) {
      return isSlow && this === socket ? 100 : 0
    })
    await tell("a long text", "b")
    vi.clearAllTimers()
    await object.sleep()
    await tell("c")
    expect(await bob.next(3)).toEqual(["a long text", "b", "c"])
    isSlow = false
    await object.pass(30_000)
    await tell("d")
    expect(await ann.next(4)).toEqual(["a long text", "b", "c", "d"])
    await leave(ann)
    await ann.connect()
    await tell("e")
    expect([await ann.next(), ann.resyncs]).toEqual([["e"], 0])
  })

  it("sends a client that has resumed thousands of bytes at its own pace", async () => {
    room(durable, 1_000, 100)
    const ann = await join("ann")
    await leave(ann)
    const texts = Array.from({ length: 200 }, (_, n) => `${n} ${"x".repeat(90)}`)
    await tell(...texts)
    await object.sleep()
    await ann.connect()
    expect(await ann.next(200)).toEqual(texts)
    expect(ann.resyncs).toBe(0)
  })

  it("continues after deleteAll", async () => {
    const ann = await join("ann")
    await tell("a", "b")
    await object.sleep()
    await object.inside((_, { storage }) => storage.deleteAll())
    await tell("c")
    await object.sleep()
    await tell("d")
    expect(await ann.next(4)).toEqual(["a", "b", "c", "d"])
    await leave(ann)
    await ann.connect()
    await tell("e")
    expect([await ann.next(), ann.resyncs]).toEqual([["e"], 0])
  })
})
