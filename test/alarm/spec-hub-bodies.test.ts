import { Flow, Sink, Source, text, webSocket } from "sluice"
import type { Hub } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

/** Assertions in the bodies of Pekko's HubSpec that its titles do not name. */

beforeEach(() => {
  logged()
})
afterEach(() => vi.useRealTimers())

const numbers = (count: number, first = 0) => Array.from({ length: count }, (_, index) => String(first + index))
const even = (line: string) => Number(line) % 2 === 0

const listening = (source: Source<string>) => Flow.fromSinkAndSource(Sink.ignore(), source)
const flows: Record<string, (hub: Hub<string>) => Flow<string, string>> = {
  publisher: (hub) => Flow.fromSinkAndSource(hub.sink(), Source.never<string>()),
  // Takes elements at a bounded rate, from a client that sends them without pauses.
  slowPublisher: (hub) =>
    Flow.fromSinkAndSource(Flow.of<string>().throttle(1, "1 second").to(hub.sink()), Source.never<string>()),
  listener: (hub) => listening(hub.source()),
  one: (hub) => listening(hub.source({ bufferSize: 1 })),
  slow: (hub) => listening(hub.source({ bufferSize: 1 }).throttle(1, "1 second", { burst: 1 })),
  // Fails if it receives more elements than it takes.
  strict: (hub) => listening(hub.source({ bufferSize: 1 }).throttle(8, "1 second", { burst: 8, enforce: true })),
  none: (hub) => listening(hub.source().take(0)),
  some: (hub) => listening(hub.source().take(64)),
}

function withHub(options: object) {
  script(({ hub }) => {
    const news = hub<string>("news", options)
    return { accept: ({ data }) => webSocket.endpoint(text, (flows[String(data)] as (typeof flows)[string])(news)) }
  })
  return new MemoryObject(Scripted)
}

const connect = (object: MemoryObject<Scripted>, ...names: string[]) =>
  names.reduce<Promise<MemorySocket[]>>(
    async (sockets, name) => [...(await sockets), await object.connect(name)],
    Promise.resolve([]),
  )

function send(object: MemoryObject<Scripted>, publisher: MemorySocket | undefined, lines: readonly string[]): void {
  for (const line of lines) if (publisher) object.send(publisher, line)
}

const received = (sockets: readonly MemorySocket[]) => sockets.map((socket) => socket.received)

describe.each([
  ["a hub", {}],
  ["a hub with backpressure", { backpressure: true }],
])("%s", (_, options) => {
  it("continues beside a subscriber that cancels at once", async () => {
    const object = withHub(options)
    const [publisher, none, other] = await connect(object, "publisher", "none", "listener")
    send(object, publisher, numbers(5))
    expect(none?.received).toEqual([closed(1000)])
    expect(other?.received).toEqual(numbers(5))
  })

  it("takes subscribers that join and leave between two elements", async () => {
    const object = withHub(options)
    const [publisher] = await connect(object, "publisher")
    for (const line of numbers(5)) {
      const [leaving, staying] = await connect(object, "listener", "listener")
      if (leaving) object.close(leaving, 1000, "")
      send(object, publisher, [line])
      expect(staying?.received).toEqual([line])
      if (staying) object.close(staying, 1000, "")
    }
  })

  it("gives the same elements to subscribers of a slow publisher", async () => {
    const object = withHub(options)
    const [publisher, ...subscribers] = await connect(object, "slowPublisher", "listener", "one")
    send(object, publisher, numbers(5))
    expect(received(subscribers)).toEqual([numbers(1), numbers(1)])
    for (let second = 0; second < 4; second++) object.advance(1_000)
    expect(received(subscribers)).toEqual([numbers(5), numbers(5)])
  })

  it("emits all elements in order to many subscribers, of which some leave in the midst", async () => {
    const object = withHub(options)
    const names = Array.from({ length: 64 }, (_, n) => (n % 4 === 0 ? "some" : "listener"))
    const [publisher, ...subscribers] = await connect(object, "publisher", ...names)
    send(object, publisher, numbers(200))
    for (const [index, name] of names.entries()) {
      const expected = name === "some" ? [...numbers(64), closed(1000)] : numbers(200)
      expect(subscribers[index]?.received).toEqual(expected)
    }
  })
})

describe("a hub with backpressure", () => {
  it("works with buffers of one element", async () => {
    const object = withHub({ backpressure: true })
    const [publisher, ...subscribers] = await connect(object, "publisher", "one", "one")
    send(object, publisher, numbers(10))
    expect(received(subscribers)).toEqual([numbers(10), numbers(10)])
  })

  it("does not overwhelm a subscriber beside a slower one", async () => {
    const object = withHub({ backpressure: true })
    const [publisher, ...subscribers] = await connect(object, "publisher", "slow", "strict")
    for (let block = 0; block < 2; block++) {
      send(object, publisher, numbers(10, block * 10))
      for (let second = 0; second < 11; second++) object.advance(1_000)
    }
    expect(received(subscribers)).toEqual([numbers(20), numbers(20)])
  })

  it("drops no element once there is a subscriber, for any delay of its reads", async () => {
    const object = withHub({ backpressure: true })
    const [publisher] = await connect(object, "publisher")
    send(object, publisher, numbers(3))
    const [slow] = await connect(object, "slow")
    send(object, publisher, numbers(10, 3))
    await object.evict()
    for (let second = 0; second < 40; second++) object.advance(1_000)
    expect(slow?.received).toEqual(numbers(10, 3))
  })
})

describe("a hub with partition", () => {
  const half = (ids: readonly string[], line: string) => ids[even(line) ? 0 : 1]
  const [evens, odds] = [numbers(20).filter(even), numbers(20).filter((line) => !even(line))]

  it("sends all elements to one of two, and nothing to the other", async () => {
    const object = withHub({ partition: (ids: readonly string[]) => ids[0] })
    const [publisher, ...subscribers] = await connect(object, "publisher", "listener", "listener")
    send(object, publisher, numbers(20))
    expect(received(subscribers)).toEqual([numbers(20), []])
  })

  it("sends each its share, unevenly too", async () => {
    const uneven = (ids: readonly string[], line: string) => ids[(Number(line) % 3) % 2]
    const object = withHub({ partition: uneven })
    const [publisher, ...subscribers] = await connect(object, "publisher", "listener", "listener")
    send(object, publisher, numbers(5))
    expect(received(subscribers)).toEqual([
      ["0", "2", "3"],
      ["1", "4"],
    ])
  })

  it("goes at the pace of the slower one with backpressure, and drops nothing", async () => {
    const object = withHub({ partition: half, backpressure: true })
    const [publisher, ...subscribers] = await connect(object, "publisher", "slow", "strict")
    send(object, publisher, numbers(20))
    // The throttle holds one element, and the buffer another.
    expect(subscribers[1]?.received.length).toBeLessThanOrEqual(3)
    for (let second = 0; second < 40; second++) object.advance(1_000)
    expect(received(subscribers)).toEqual([evens, odds])
  })

  it("drops single elements, and continues", async () => {
    const some = (ids: readonly string[], line: string) => (/^[34]$/.test(line) ? undefined : half(ids, line))
    const object = withHub({ partition: some })
    const [publisher, ...subscribers] = await connect(object, "publisher", "listener", "listener")
    send(object, publisher, numbers(20))
    expect(received(subscribers)).toEqual([evens, odds].map((lines) => lines.filter((line) => !/^[34]$/.test(line))))
  })
})
