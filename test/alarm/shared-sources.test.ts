import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Source as ActorSource } from "sluice/actor"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

let object: MemoryObject<Scripted>
/** The promises that `async` waits for. */
let promises: PromiseWithResolvers<string>[]

beforeEach(() => {
  logged()
  promises = []
  script(({ hub, share, cell }) => {
    const news = hub<string>("news")
    const topic = cell("topic", "none")
    const numbered = news
      .source()
      .takeWhile((text) => text !== "end")
      .zipWithIndex()
      .map(([text, index]) => `${text} ${index}`)
    const sources: Record<string, Source<string>> = {
      news: news.source(),
      last: share("last", numbered, { replay: 1 }),
      three: share("three", numbered, { replay: 3 }),
      many: share("many", numbered, { replay: 30 }),
      none: share("none", numbered),
      values: topic.values,
      changes: topic.changes,
      mutated: share(
        "mutated",
        news
          .source()
          .scan<string[]>([], (all, text) => {
            all.push(text)
            return all
          })
          .drop(1)
          .map((all) => all.join()),
      ),
      async: share(
        "async",
        news.source().mapAsync(4, () => {
          const promise = Promise.withResolvers<string>()
          promises.push(promise)
          return promise.promise
        }),
      ),
      // It can run once.
      once: share("once", ActorSource.actorRef<string>().source),
      ticks: share("ticks", Source.tick("1 second").map(String)),
    }
    sources.below = share(
      "below",
      (sources.ticks as Source<string>).map((tick) => `below ${tick}`),
    )
    return {
      accept({ data }) {
        const told = Sink.forEach((text: string) => {
          if (data === "values") topic.set(text)
          else news.publish(text)
        })
        return webSocket.endpoint(text, Flow.fromSinkAndSource(told, sources[String(data)] ?? Source.never<string>()))
      },
    }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

const taken = ({ received }: MemorySocket) => received.splice(0)

describe("a late subscriber of a shared source (fault 36)", () => {
  it("gets the last elements, up to the number of replay, and then new ones", async () => {
    const [speaker] = [await object.connect("none"), await object.connect("last"), await object.connect("three")]
    for (const text of ["a", "b", "c", "d"]) object.send(speaker, text)
    const late = [await object.connect("last"), await object.connect("three"), await object.connect("none")]
    expect(late.map(taken)).toEqual([["d 3"], ["b 1", "c 2", "d 3"], []])
    object.send(speaker, "e")
    expect(late.map(taken)).toEqual([["e 4"], ["e 4"], ["e 4"]])
  })

  it("gets them after an eviction, too", async () => {
    const [speaker] = [await object.connect("none"), await object.connect("last"), await object.connect("three")]
    for (const text of ["a", "b", "c", "d"]) object.send(speaker, text)
    await object.evict()
    expect([await object.connect("last"), await object.connect("three")].map(taken)).toEqual([
      ["d 3"],
      ["b 1", "c 2", "d 3"],
    ])
  })

  it("gets them although there was no subscriber for a while", async () => {
    const [speaker, first] = [await object.connect("none"), await object.connect("last")]
    object.send(speaker, "a")
    object.close(first, 1000, "")
    object.send(speaker, "b")
    expect(taken(await object.connect("last"))).toEqual(["a 0"])
    await object.evict()
    object.send(speaker, "c")
    expect(taken(await object.connect("last"))).toEqual(["c 1"])
  })

  it("gets all of them, for any number of replay", async () => {
    const speaker = await object.connect("many")
    const all = Array.from({ length: 30 }, (_, index) => `a ${index}`)
    for (const _ of all) object.send(speaker, "a")
    expect(taken(await object.connect("many"))).toEqual(all)
  })

  it("gets none of a source that has ended: it starts anew", async () => {
    const [speaker, first] = [await object.connect("news"), await object.connect("last")]
    object.send(speaker, "a")
    object.send(speaker, "end")
    expect(taken(first)).toEqual(["a 0", closed(1000)])
    const late = await object.connect("last")
    expect(taken(late)).toEqual([])
    object.send(speaker, "b")
    expect(taken(late)).toEqual(["b 0"])
    await object.evict()
    object.send(speaker, "end")
    await object.evict()
    expect(taken(await object.connect("last"))).toEqual([])
  })

  it("of the values of a cell gets the current one first", async () => {
    const first = await object.connect("values")
    object.send(first, "birds")
    expect(taken(first)).toEqual(["none", "birds"])
    await object.evict()
    const [late, changes] = [await object.connect("values"), await object.connect("changes")]
    object.send(first, "bees")
    expect([taken(late), taken(changes)]).toEqual([["birds", "bees"], ["bees"]])
  })
})

describe("a shared source without subscribers", () => {
  it("receives no elements, and continues with its state for the next one", async () => {
    const [speaker, first] = [await object.connect("news"), await object.connect("none")]
    object.send(speaker, "a")
    object.close(first, 1000, "")
    object.send(speaker, "b")
    const next = await object.connect("none")
    object.send(speaker, "c")
    expect(taken(next)).toEqual(["c 1"])
  })

  it("needs no other shared source either: no timer is left", async () => {
    const below = await object.connect("below")
    expect(taken(below)).toEqual(["below 0"])
    object.close(below, 1000, "")
    expect(object.alarm).toBeNull()
  })

  it("does not publish results of promises from before", async () => {
    const [speaker, first] = [await object.connect("news"), await object.connect("async")]
    object.send(speaker, "a")
    object.close(first, 1000, "")
    const next = await object.connect("async")
    promises[0]?.resolve("before")
    promises[1]?.resolve("again")
    await settled()
    expect([promises.length, taken(next)]).toEqual([2, ["again"]])
  })
})

it("a shared source that cannot start closes its subscribers with 1011, and no others (fault 1)", async () => {
  const errors = logged()
  const [speaker, first] = [await object.connect("news"), await object.connect("once")]
  object.close(first, 1000, "")
  const second = await object.connect("once")
  object.send(speaker, "a")
  expect([taken(speaker), taken(second)]).toEqual([["a"], [closed(1011)]])
  expect(errors.map(({ cause }) => String(cause))).toContainEqual(
    expect.stringContaining("A Source.actorRef runs once"),
  )
})

describe("a state that is changed in place after an eviction (fault 41)", () => {
  it("of a shared source is stored", async () => {
    const [speaker, client] = [await object.connect("news"), await object.connect("mutated")]
    for (const text of ["a", "b", "c"]) {
      object.send(speaker, text)
      await object.evict()
    }
    expect(taken(client)).toEqual(["a", "a,b", "a,b,c"])
  })
})
