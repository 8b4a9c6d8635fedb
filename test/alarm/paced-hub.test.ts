import fc from "fast-check"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import type { Hub } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { Scripted, script } from "../support/durable-worker/scripted.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

let object: MemoryObject<Scripted>
let news: Hub<string>

const bufferSize = 2

beforeEach(() => {
  logged()
  script(({ hub }) => {
    news = hub<string>("news", { backpressure: true })
    const flows: Record<string, () => Flow<string, string>> = {
      publisher: () => Flow.fromSinkAndSource(news.sink(), Source.never()),
      last: () => Flow.fromSinkAndSource(Flow.of<string>().take(4).to(news.sink()), Source.never()),
      fast: () => Flow.fromSinkAndSource(Sink.ignore(), news.source({ bufferSize })),
      slow: () => Flow.fromSinkAndSource(Sink.ignore(), news.source({ bufferSize }).throttle(1, "1 second")),
    }
    return { accept: ({ data }) => webSocket.endpoint(text, (flows[String(data)] as () => Flow<string, string>)()) }
  })
  object = new MemoryObject(Scripted)
})

afterEach(() => vi.useRealTimers())

const numbers = (to: number) => Array.from({ length: to }, (_, index) => String(index + 1))

describe("a hub with backpressure", () => {
  it("emits to all subscribers at the pace of the slowest", async () => {
    const [publisher, fast, slow] = [
      await object.connect("publisher"),
      await object.connect("fast"),
      await object.connect("slow"),
    ]
    for (const n of numbers(10)) object.send(publisher, n)
    for (let second = 0; second < 12; second++) {
      // The throttle holds one more.
      expect(fast.received.length).toBeLessThanOrEqual(slow.received.length + bufferSize + 1)
      object.advance(1000)
    }
    expect([fast.received, slow.received]).toEqual([numbers(10), numbers(10)])
    expect(object.alarm).toBe(null)
  })

  it("continues at once when the slow subscriber leaves", async () => {
    const [publisher, fast, slow] = [
      await object.connect("publisher"),
      await object.connect("fast"),
      await object.connect("slow"),
    ]
    for (const n of numbers(10)) object.send(publisher, n)
    expect(fast.received.length).toBeLessThan(10)
    object.close(slow, 1000, "")
    expect(fast.received).toEqual(numbers(10))
  })

  it("takes elements of waiting publishers in turn", async () => {
    const [first, second, slow] = [
      await object.connect("publisher"),
      await object.connect("publisher"),
      await object.connect("slow"),
    ]
    for (const n of numbers(20)) object.send(first, n)
    for (const n of ["a", "b", "c"]) object.send(second, n)
    for (let second = 0; second < 30; second++) object.advance(1_000)
    // Beside the elements that the buffer and the throttle held before.
    expect(slow.received.slice(bufferSize + 2).slice(0, 6)).toEqual(["5", "a", "6", "b", "7", "c"])
    expect(slow.received).toHaveLength(23)
  })

  it("publishes without subscribers, and publishes the held elements of a completed sink", async () => {
    const publisher = await object.connect("publisher")
    for (const n of numbers(10)) object.send(publisher, n)
    const [last, slow] = [await object.connect("last"), await object.connect("slow")]
    for (const n of numbers(4)) object.send(last, n)
    object.advance(10_000)
    expect(slow.received).toEqual(numbers(4))
  })

  it.each(["close", "drop"] as const)(
    "waits for room with the last element of a publisher that ends: %s",
    async (how) => {
      const [first, last] = [await object.connect("publisher"), await object.connect("publisher")]
      const slow = await object.connect("slow")
      for (const n of numbers(4)) object.send(first, n)
      // There is no room, so the sink of this publisher holds the element.
      object.send(last, "5")
      if (how === "close") object.close(last, 1000, "")
      else object.drop(last)
      object.advance(20_000)
      expect(slow.received).toEqual(numbers(5))
      expect(object.alarm).toBe(null)
    },
  )

  it("closes a subscriber with 1013 whose buffer publish overflows, because publish cannot wait", async () => {
    const [fast, slow] = [await object.connect("fast"), await object.connect("slow")]
    for (const n of numbers(6)) news.publish(n)
    expect(fast.received).toEqual(numbers(6))
    expect(slow.received.at(-1)).toEqual(closed(1013, "Too slow"))
  })

  it("emits everything once and in order, for any order of elements and evictions", async () => {
    const happening = fc.oneof(
      fc.record({ send: fc.nat(1), count: fc.integer({ min: 1, max: 5 }) }),
      fc.constant("evict" as const),
      fc.record({ wait: fc.integer({ min: 1, max: 3000 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 25 }), async (script) => {
        vi.useRealTimers()
        object = new MemoryObject(Scripted)
        const publishers = [await object.connect("publisher"), await object.connect("publisher")]
        const subscribers = [await object.connect("fast"), await object.connect("slow"), await object.connect("slow")]
        const sent: string[][] = [[], []]
        for (const next of script) {
          if (next === "evict") await object.evict()
          else if ("wait" in next) object.advance(next.wait)
          else
            for (let n = 0; n < next.count; n++) {
              const element = `${next.send}:${sent[next.send]?.length}`
              sent[next.send]?.push(element)
              object.send(publishers[next.send] as MemorySocket, element)
            }
        }
        object.advance(200_000)
        const all = sent.flat().length
        for (const { received } of subscribers) {
          expect(received.length).toBe(all)
          for (const [publisher, elements] of sent.entries()) {
            expect(received.filter((element) => String(element).startsWith(`${publisher}:`))).toEqual(elements)
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  it.each([
    ["goes on", 100],
    ["has ended", 1],
  ])(
    "fails the publisher of a held element that cannot be published, and no subscriber: the stream %s",
    async (_, count) => {
      script(({ hub }) => {
        const partition = (ids: readonly string[], element: string) => {
          if (element === "bad") throw new Error("Not this one")
          return ids[0]
        }
        news = hub<string>("news", { backpressure: true, partition })
        const slow = Flow.fromSinkAndSource(Sink.ignore(), news.source({ bufferSize }).throttle(1, "1 second"))
        const publisher = Flow.fromSinkAndSource(Flow.of<string>().take(count).to(news.sink()), Source.never<string>())
        return { accept: ({ data }) => webSocket.endpoint(text, data === "slow" ? slow : publisher) }
      })
      object = new MemoryObject(Scripted)
      const [slow, publisher] = [await object.connect("slow"), await object.connect("publisher")]
      for (const n of numbers(4)) news.publish(n)
      object.send(publisher, "bad")
      expect(publisher.received).toEqual([])
      object.advance(20_000)
      expect([slow.received, publisher.received]).toEqual([numbers(4), [closed(1011, "")]])
    },
  )

  it("refuses options that contradict each other", () => {
    const made = (make: (tools: Scripted["tools"]) => unknown) => {
      script((tools) => {
        make(tools)
        return {}
      })
      return () => new MemoryObject(Scripted).instance
    }
    const refusal = "A hub with backpressure has neither keep nor batchWindow: leave out one of the two"
    expect(made(({ hub }) => hub("a", { backpressure: true, keep: 3 }))).toThrow(refusal)
    expect(made(({ hub }) => hub("a", { backpressure: true, batchWindow: 3 }))).toThrow(refusal)
    expect(made(({ hub }) => hub("a", { backpressure: true }).source({ overflow: "dropHead" }))).toThrow(
      "A hub with backpressure drops nothing: leave out the overflow of its source",
    )
  })
})
