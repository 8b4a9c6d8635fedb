import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, Sink as ActorSink, DeadLetter, PoisonPill, Props } from "sluice/actor"
import { type ConnectionInfo, FlowObject, type Hub } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

/** Cases of Pekko's specs of hubs and of the event stream that the other tests do not have. */

beforeEach(() => {
  logged()
})
afterEach(() => vi.useRealTimers())

const taken = ({ received }: MemorySocket) => received.splice(0)

/** An object with one hub. The data of a connection name its flow. */
function withHub(flows: Record<string, (hub: Hub<string>) => Flow<string, string>>, options: object) {
  script(({ hub }) => {
    const news = hub<string>("news", options)
    return { accept: ({ data }) => webSocket.endpoint(text, flows[String(data)]?.(news) ?? Flow.of<string>()) }
  })
  return new MemoryObject(Scripted)
}

/** Three connections, one after the other. */
const connected = async (object: MemoryObject<Scripted>, ...[one, two, three]: [string, string, string]) =>
  [await object.connect(one), await object.connect(two), await object.connect(three)] as const

const listener = (hub: Hub<string>) => Flow.fromSinkAndSource(Sink.ignore(), hub.source())
const publisher = (hub: Hub<string>) => Flow.fromSinkAndSource(hub.sink(), Source.never<string>())
const failing = (hub: Hub<string>) =>
  Flow.fromSinkAndSource(
    Flow.of<string>()
      .map((line) => {
        if (line === "fail") throw new Error(line)
        return line
      })
      .to(hub.sink()),
    Source.never<string>(),
  )

describe.each([
  ["a hub", {}],
  ["a hub with backpressure", { backpressure: true }],
])("%s", (_, options) => {
  const flows = { listener, publisher, failing, first: (hub: Hub<string>) => listener(hub).take(1) }

  it("sends the same elements to subscribers that are there from the beginning, and later ones without a gap", async () => {
    const object = withHub(flows, options)
    const [source, one, other] = await connected(object, "publisher", "listener", "listener")
    for (const line of ["1", "2"]) object.send(source, line)
    const late = await object.connect("listener")
    for (const line of ["3", "4"]) object.send(source, line)
    expect([one, other, late].map(taken)).toEqual([
      ["1", "2", "3", "4"],
      ["1", "2", "3", "4"],
      ["3", "4"],
    ])
  })

  it("continues for the others when a subscriber ends, hibernating or not", async () => {
    const object = withHub(flows, options)
    const [source, first, other] = await connected(object, "publisher", "first", "listener")
    object.send(source, "1")
    await object.evict()
    object.send(source, "2")
    expect(taken(first)).toEqual(["1", closed(1000)])
    expect(taken(other)).toEqual(["1", "2"])
  })

  it("continues for other publishers when one fails, and for publishers one after the other", async () => {
    const object = withHub(flows, options)
    const [one, other, subscriber] = await connected(object, "failing", "publisher", "listener")
    object.send(one, "1")
    object.send(one, "fail")
    object.send(other, "2")
    object.close(other, 1000, "")
    const last = await object.connect("publisher")
    object.send(last, "3")
    expect(taken(one)).toEqual([closed(1011)])
    expect(taken(subscriber)).toEqual(["1", "2", "3"])
  })

  it("keeps the elements of each publisher in order", async () => {
    const object = withHub(flows, options)
    const [one, other, subscriber] = await connected(object, "publisher", "publisher", "listener")
    for (let n = 0; n < 20; n++) {
      object.send(one, `a${n}`)
      object.send(other, `b${n}`)
    }
    const received = taken(subscriber).map(String)
    for (const name of ["a", "b"]) {
      const ofOne = received.filter((line) => line.startsWith(name))
      expect(ofOne).toEqual(Array.from({ length: 20 }, (_, n) => `${name}${n}`))
    }
  })
})

describe("a hub with partition", () => {
  const flows = { listener, publisher }

  it("can send to its subscribers in turn", async () => {
    let turn = 0
    const object = withHub(flows, { partition: (ids: readonly string[]) => ids[turn++ % ids.length] })
    const [source, one, other] = await connected(object, "publisher", "listener", "listener")
    for (const line of ["1", "2", "3", "4"]) object.send(source, line)
    expect([one, other].map(taken)).toEqual([
      ["1", "3"],
      ["2", "4"],
    ])
  })

  it("can send all of one session to one subscriber, and continues with another when that one has closed", async () => {
    const sessions = new Map<string, string>()
    const partition = (ids: readonly string[], [session = ""]: string) => {
      const chosen = sessions.get(session)
      if (!chosen || !ids.includes(chosen)) sessions.set(session, ids[sessions.size % ids.length] ?? "")
      return sessions.get(session)
    }
    const object = withHub(flows, { partition })
    const [source, one, other] = await connected(object, "publisher", "listener", "listener")
    for (const line of ["a1", "b1", "a2", "b2"]) object.send(source, line)
    expect([one, other].map(taken)).toEqual([
      ["a1", "a2"],
      ["b1", "b2"],
    ])
    object.close(one, 1000, "")
    object.send(source, "a3")
    expect(taken(other)).toEqual(["a3"])
  })

  it("drops every element while there is no subscriber", async () => {
    const object = withHub(flows, { partition: (ids: readonly string[]) => ids[0] })
    const source = await object.connect("publisher")
    object.send(source, "1")
    const one = await object.connect("listener")
    object.send(source, "2")
    expect(taken(one)).toEqual(["2"])
  })
})

/** Counts the dead letters that it gets. */
class Undertaker extends Actor<string | DeadLetter> {
  override state = 0

  receive(message: string | DeadLetter) {
    if (message instanceof DeadLetter) this.state++
    else if (message === "begin") this.context.eventStream.subscribe(DeadLetter)
    else this.context.sender.tell(this.state)
  }
}

class Odd extends Actor<string> {
  receive(message: string) {
    this.unhandled(message)
  }
}

class Cemetery extends FlowObject<unknown, string> {
  readonly one = this.actor("one", Props.of(Undertaker))
  readonly other = this.actor("other", Props.of(Undertaker))
  readonly odd = this.actor("odd", Props.of(Odd))

  protected accept(_: ConnectionInfo<string>) {
    const handled = Flow.of<string>().to(
      ActorSink.forEach((command: string) => {
        if (command === "begin") for (const actor of [this.one, this.other]) actor.tell(command)
        if (command === "stop one") this.one.tell(PoisonPill)
        if (command === "odd") this.odd.tell(command)
      }),
    )
    return webSocket.endpoint(text, Flow.fromSinkAndSource(handled, Source.never<string>()))
  }
}

describe("the event stream", () => {
  it("publishes to each subscriber once, however often it has subscribed", async () => {
    const object = new MemoryObject(Cemetery)
    const client = await object.connect("client")
    for (const command of ["begin", "begin", "odd"]) object.send(client, command)
    const counts = [object.instance.one.ask("count", "1 minute"), object.instance.other.ask("count", "1 minute")]
    expect(await Promise.all(counts)).toEqual([1, 1])
  })

  it("removes a subscriber that has stopped, whose dead letters cause no further ones", async () => {
    const object = new MemoryObject(Cemetery)
    const client = await object.connect("client")
    for (const command of ["begin", "stop one", "odd", "odd"]) object.send(client, command)
    expect(await object.instance.other.ask("count", "1 minute")).toBe(2)
    expect(await object.instance.one.ask("count", "1 minute")).toBe(0)
  })
})
