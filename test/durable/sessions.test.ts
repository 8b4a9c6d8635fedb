import { Flow, Sink, Source, text, webSocket } from "sluice"
import type { Hub } from "sluice/durable"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { LineSession, leave } from "../support/line-session.ts"
import { logged } from "../support/logged.ts"
import { RemoteClients } from "../support/remote-clients.ts"
import { CostMeter, holdTime, TestObject } from "../support/test-object.ts"

/** The clients of a storm: `VITE_LOST_AT_ONCE=5000 npx vitest run --project durable test/durable/sessions.test.ts`. */
const lostAtOnce = Number(process.env.VITE_LOST_AT_ONCE ?? 100)
const within = 60_000
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

let object: TestObject<Scripted>
let news: Hub<string>
let ended: number

beforeEach(() => {
  vi.restoreAllMocks()
  holdTime()
  logged()
  ended = 0
})

/** An object whose members number their messages and get the news. The word "fail" fails the flow of each. */
function room(durable: boolean) {
  script(({ hub }) => {
    news = hub<string>("news", { keep: 1_000 })
    const publish = Sink.forEach((message: string) => news.publish(message.slice(5)))
    const counted = Flow.of<string>()
      .filter((message) => !message.startsWith("tell "))
      .statefulMap(
        () => 0,
        (count, message) => [count + 1, `${count + 1}: ${message}`],
      )
    const flow = Flow.of<string>()
      .onTermination(() => ended++)
      .broadcast(
        (all) => all.filter((message) => message.startsWith("tell ")).to(publish),
        (all) => all.via(counted),
      )
      .merge(news.source())
      .map((message) => {
        if (message === "fail") throw new Error("The flow fails, as the test wants it")
        return message
      })
    return { accept: () => webSocket.endpoint(text, flow, { resume: { within, durable } }) }
  })
  object = new TestObject<Scripted>("SCRIPTED")
}

const pathOf = (name: string) => `/scripted/:id?data="${name}"`
const join = (name = "ann") => new LineSession(object, pathOf(name)).connect()
const sessionRows = async () => (await object.rows()).filter((key) => key.startsWith("sluice:session:"))
/** Publishes news that no client has sent. */
const tell = (...texts: string[]) => object.inside(() => texts.forEach((text) => void news.publish(text)))

describe.each([false, true])("a session in workerd (durable: %s)", (durable) => {
  beforeEach(() => room(durable))

  it("continues after evictions with and without a socket (row 50)", async () => {
    const ann = await join()
    expect(await ann.send("a").next()).toEqual(["1: a"])
    for (const n of [2, 3, 4]) {
      await object.sleep()
      await leave(ann)
      await object.sleep()
      await tell(`news ${n}`)
      await object.sleep()
      await ann.connect()
      expect(await ann.next()).toEqual([`news ${n}`])
      await object.sleep()
      expect(await ann.send("b").next()).toEqual([`${n}: b`])
    }
    expect([ann.resyncs, ended]).toEqual([0, 0])
  })

  it("keeps a tail above 16 KiB, which no attachment holds, through evictions", async () => {
    const ann = await join()
    const texts = numbers(12).map((n) => `${n} ${"x".repeat(3_000)}`)
    await leave(ann)
    for (const text of texts) {
      await tell(text)
      await object.sleep()
    }
    await ann.connect()
    await object.sleep()
    expect(await ann.next(12)).toEqual(texts)
    expect(await ann.send("a").next()).toEqual(["1: a"])
    expect(ann.resyncs).toBe(0)
  })

  it("keeps a tail above 16 KiB beside its socket, and leaves no row of it", async () => {
    const ann = await join()
    const texts = numbers(8).map((n) => `${n} ${"x".repeat(3_000)}`)
    await tell(...texts)
    await object.sleep()
    await leave(ann)
    await object.sleep()
    await ann.connect()
    expect(await ann.next(8)).toEqual(texts)
    ann.line.close(1000)
    expect(await ann.next()).toEqual([closed(1000)])
    await object.sleep()
    expect((await object.rows()).filter((key) => !key.startsWith("sluice:hub:"))).toEqual([])
  })

  it.each(["with its socket", "without a socket"])("continues after deleteAll %s", async (socket) => {
    const ann = await join()
    expect(await ann.send("a").next()).toEqual(["1: a"])
    if (socket === "without a socket") await leave(ann)
    await object.sleep()
    await object.inside((_, { storage }) => storage.deleteAll())
    await object.sleep()
    if (socket === "with its socket") await leave(ann)
    await ann.connect()
    await object.sleep()
    expect(await ann.send("b").next()).toEqual(["2: b"])
    expect(ann.resyncs).toBe(0)
  })

  it("has the close of a flow that has failed while its client had no socket (row 56)", async () => {
    const [ann, bob] = [await join("ann"), await join("bob")]
    await leave(ann)
    await object.sleep()
    await tell("last", "fail")
    expect(await bob.next(2)).toEqual(["last", closed(1011)])
    await object.sleep()
    await ann.connect()
    expect(await ann.next(2)).toEqual(["last", closed(1011)])
    ann.line.close(1011)
    await object.sleep()
    expect([ann.resyncs, ended, await sessionRows()]).toEqual([0, 2, []])
  })

  it("is a new one in a second tab, and the first tab is closed with 4409 if it is the same one (row 54)", async () => {
    const [ann, tab] = [await join(), await join()]
    await ann.send("a").next()
    expect(await tab.send("b").next()).toEqual(["1: b"])
    const { line } = ann
    await ann.connect()
    expect(await line.next()).toEqual([closed(4409, "Opened elsewhere")])
    expect(await ann.send("c").next()).toEqual(["2: c"])
    expect(await tab.send("d").next()).toEqual(["2: d"])
  })

  it("cannot be resumed by another user, awake or hibernating (row 51)", async () => {
    const ann = await join("ann")
    expect(await ann.send("a").next()).toEqual(["1: a"])
    await object.sleep()
    const headers = { "Sec-WebSocket-Protocol": ann.session.offer().join(", ") }
    const eve = await object.dial(pathOf("eve"), headers)
    const [welcome] = await eve.next()
    expect(JSON.parse(String(welcome))[0]).toEqual(["hi", expect.any(String), 0, false, 1])
    await ann.connect()
    expect(await ann.send("b").next()).toEqual(["2: b"])
  })

  it("is either resumed or a new one for a client that connects when its time is over", async () => {
    for (const late of [-1, 0, 1]) {
      const ann = await join(`ann ${late}`)
      expect(await ann.send("a").next()).toEqual(["1: a"])
      await leave(ann)
      const due = (await object.alarm()) ?? 0
      await object.sleep()
      const before = ended
      vi.setSystemTime(due + late)
      await ann.connect()
      const isOver = ann.resyncs === 1
      expect(ended - before).toBe(isOver ? 1 : 0)
      expect(isOver).toBe(late >= 0)
      expect(await ann.send("b").next()).toEqual([isOver ? "1: b" : "2: b"])
      expect(await object.alarm()).toBeNull()
    }
  })

  it(`is two rows a client, and one alarm for all, when ${lostAtOnce} are lost at once and reconnect`, {
    timeout: 60_000 + 50 * lostAtOnce,
  }, async () => {
    const count = lostAtOnce
    const clients = new RemoteClients()
    const path = `/scripted/${object.id}?data=`
    const sockets = await Promise.all(numbers(count).map((n) => clients.dial(`${path}${n}`, ["sluice.1"])))
    await object.sleep()
    const welcomes = await Promise.all(sockets.map((socket) => clients.take(socket)))
    const sessions = welcomes.map(([welcome = ""]): string => JSON.parse(welcome)[0][1])
    const cost = await CostMeter.open(object)
    await clients.vanish()
    await vi.waitFor(() => expect(cost.count("put")).toBe(count), { timeout: 30_000 + 20 * count })
    await object.arrived()
    const { put, delete: deleted, setAlarm, deleteAlarm } = cost.take()
    expect({ put, deleted, setAlarm, deleteAlarm }).toEqual({ put: count, setAlarm: 1 })

    const back = await Promise.all(
      sessions.map((session, n) => clients.dial(`${path}${n + 1}`, ["sluice.1", `sluice.at.${session}.0`])),
    )
    await object.arrived()
    const after = cost.take()
    expect([after.put, after.delete].map((calls = 0) => calls)).toEqual(durable ? [count, 0] : [0, count])
    expect([after.setAlarm, after.deleteAlarm]).toEqual([undefined, 1])
    await tell("news")
    await object.arrived()
    const received = await Promise.all(back.map((socket) => clients.take(socket)))
    received.forEach(([welcome = "", ...frames], n) => {
      expect(JSON.parse(welcome)).toEqual([["hi", sessions[n], 0, true, 1]])
      expect(frames).toEqual(['[0,"news"]'])
    })
    expect([ended, await object.alarm()]).toEqual([0, null])
  })
})

describe("a full object", () => {
  it("lets a client resume its session, and refuses other clients", async () => {
    room(true)
    const ann = await join()
    expect(await ann.send("a").next()).toEqual(["1: a"])
    await object.inside((instance) => Object.assign(instance, { maxConnections: 1 }))
    await leave(ann)
    await expect(object.dial(pathOf("bob"))).rejects.toThrow("503")
    await ann.connect()
    expect(await ann.send("b").next()).toEqual(["2: b"])
    await expect(object.dial(pathOf("bob"))).rejects.toThrow("503")
  })

  it("closes in order after a source that ends while the client has no socket", async () => {
    script(() => ({
      accept: () =>
        webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), Source.from(["a", "b"])), {
          resume: { within, durable: true },
        }),
    }))
    object = new TestObject<Scripted>("SCRIPTED")
    const ann = await join()
    expect(await ann.next(3)).toEqual(["a", "b", closed(1000)])
  })
})
