import { describe, expect, it } from "vitest"
import { EvictionError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import type { EvictionPolicy, MakeAsync } from "../../src/stream/live-options.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { answerTo, ModelServer } from "../support/model-server.ts"

/** A source of a model's answer, and the calls of its function. */
function asking<Position>(onEviction: EvictionPolicy<string, Position>) {
  const server = new ModelServer()
  const calls: { signal: AbortSignal; delivered: number }[] = []
  const make: MakeAsync<string> = (signal, delivered) => {
    calls.push({ signal, delivered })
    return server.answer("abc", signal, delivered)
  }
  const probe = Probe.source(() => Source.fromAsync(make, { onEviction }))
  const generate = async (count = 1) => {
    for (let token = 0; token < count; token++) {
      await settled()
      server.generate()
    }
    await settled()
  }
  const evict = () => {
    server.cut()
    probe.hibernate().unbounded()
  }
  return { server, calls, probe, generate, evict }
}

const streamOf = (...elements: string[]) =>
  new ReadableStream<string>({
    start(controller) {
      for (const element of elements) controller.enqueue(element)
      controller.close()
    },
  })

const answer = answerTo("abc")

describe("fromAsync of a function", () => {
  it("calls it on the first demand, and once", async () => {
    const { calls, probe, generate } = asking("restart")
    expect(calls.length).toBe(0)
    probe.unbounded()
    await generate(6)
    expect(calls.map(({ delivered }) => delivered)).toEqual([0])
    expect(probe.received).toEqual(answer)
    expect(probe.ended).toBe("completed")
  })

  it("does not abort the signal of a stream that has ended", async () => {
    const { calls, probe, generate } = asking("restart")
    probe.unbounded()
    await generate(6)
    expect(calls[0]?.signal.aborted).toBe(false)
  })

  it("aborts the signal when downstream cancels, and generates nothing more", async () => {
    const { calls, server, probe, generate } = asking("restart")
    probe.unbounded()
    await generate(2)
    probe.cancel()
    expect(calls[0]?.signal.aborted).toBe(true)
    await generate(3)
    expect(server.generated).toBe(2)
  })

  it("takes a promise of an iterable, such as that of a fetch", async () => {
    const probe = Probe.source(() => Source.fromAsync(async () => streamOf("a", "b"))).unbounded()
    await settled()
    await settled()
    expect(probe.received).toEqual(["a", "b"])
  })

  it("closes an iterable that comes after downstream has cancelled", async () => {
    const made = Promise.withResolvers<ReadableStream<string>>()
    let cancelled = 0
    const probe = Probe.source(() => Source.fromAsync(() => made.promise)).unbounded()
    probe.cancel()
    made.resolve(new ReadableStream<string>({ cancel: () => void cancelled++ }))
    await settled()
    expect(cancelled).toBe(1)
  })

  it.each<[string, MakeAsync<string>, string]>([
    [
      "throws",
      () => {
        throw new Error("broken")
      },
      "broken",
    ],
    ["rejects", () => Promise.reject(new Error("broken")), "broken"],
    ["returns no iterable", () => ["a"] as never, '"fromAsync", step 1 of the flow: make returned an array of 1'],
    [
      "returns the response of a fetch",
      () => Promise.resolve(new Response("data: a")) as never,
      "make returned an instance of Response: return an async iterable, such as an async generator or serverSentEvents(response)",
    ],
  ])("fails when it %s", async (_, make, message) => {
    const probe = Probe.source(() => Source.fromAsync(make)).unbounded()
    await settled()
    expect(String(Reflect.get(Object(probe.ended), "failed"))).toContain(message)
  })

  it("keeps its state with a policy, and pins the object without one", () => {
    const make = async function* () {}
    expect(Source.fromAsync(make).chain[0]?.hibernates).toBe("pinned")
    expect(Source.fromAsync(make, { onEviction: "restart" }).chain[0]?.hibernates).toBe("keeps")
  })
})

describe("onEviction", () => {
  it("restart calls the function again with the number of delivered elements", async () => {
    const { calls, probe, generate, evict } = asking("restart")
    probe.unbounded()
    await generate(2)
    evict()
    await generate(6)
    expect(calls.map(({ delivered }) => delivered)).toEqual([0, 2])
    expect(probe.received).toEqual(answer)
    expect(probe.ended).toBe("completed")
  })

  it("fail fails the flow with an EvictionError", async () => {
    const { calls, probe, generate, evict } = asking("fail")
    probe.unbounded()
    await generate(2)
    evict()
    await generate()
    expect(probe.received).toEqual(answer.slice(0, 2))
    expect(probe.ended).toEqual({ failed: expect.any(EvictionError) })
    expect(calls.length).toBe(1)
  })

  it("fail can be recovered from", async () => {
    const server = new ModelServer()
    const answers = () => Source.fromAsync((signal) => server.answer("abc", signal), { onEviction: "fail" })
    const probe = Probe.source(() =>
      answers().recoverWith((error) => (error instanceof EvictionError ? Source.single("sorry") : undefined)),
    ).unbounded()
    await settled()
    server.generate()
    await settled()
    probe.hibernate().unbounded()
    expect(probe.received).toEqual(["abc.1", "sorry"])
    expect(probe.ended).toBe("completed")
  })

  it("fail changes nothing for a stream that has not begun, or has ended", async () => {
    const { probe, generate, evict } = asking("fail")
    evict()
    await generate(6)
    evict()
    expect(probe.received).toEqual(answer)
    expect(probe.ended).toBe("completed")
  })

  it("a continuation continues from the position after the last delivered element", async () => {
    const positions: string[] = []
    const continuation = {
      position: (token: string, before = "") => before + token,
      continueFrom: (position: string) => {
        positions.push(position)
        return streamOf("the rest")
      },
    }
    const { probe, generate, evict } = asking(continuation)
    probe.unbounded()
    await generate(2)
    evict()
    await settled()
    await settled()
    expect(positions).toEqual(["abc.1abc.2"])
    expect(probe.received).toEqual(["abc.1", "abc.2", "the rest"])
  })

  it("a continuation is not called before an element was delivered", async () => {
    const never = () => Promise.reject(new Error("asked"))
    const { calls, probe, generate, evict } = asking({ position: () => 1, continueFrom: never })
    probe.unbounded()
    evict()
    await generate(6)
    expect(calls.length).toBe(2)
    expect(probe.received).toEqual(answer)
  })

  it("infers the type of a position from its function", () => {
    const events = async function* (_signal: AbortSignal): AsyncGenerator<{ id: number }> {}
    Source.fromAsync(events, {
      onEviction: { position: (event) => event.id, continueFrom: (id, signal) => events(id > 0 ? signal : signal) },
    })
  })

  it.each<[string, () => unknown, string]>([
    [
      "an iterable, which cannot be made again",
      () => Source.fromAsync((async function* () {})(), { onEviction: "restart" }),
      "with onEviction the iterable is an instance of AsyncGenerator: write a function that makes it",
    ],
    [
      "another policy",
      () => Source.fromAsync(async function* () {}, { onEviction: "ignore" as never }),
      'fromAsync: onEviction is "ignore": write "restart", "fail", or { position, continueFrom }',
    ],
    [
      "half a continuation",
      () => Source.fromAsync(async function* () {}, { onEviction: { position: () => 1 } as never }),
      "fromAsync: continueFrom is undefined: write a function",
    ],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(message)
  })
})

describe("a live source inside flatMapConcat", () => {
  it("continues the answer to the same prompt, and then the next one", async () => {
    const server = new ModelServer()
    const probe = Probe.flow(() =>
      Flow.of<string>().flatMapConcat((prompt) =>
        Source.fromAsync((signal, delivered) => server.answer(prompt, signal, delivered), { onEviction: "restart" }),
      ),
    )
    probe.unbounded().send("a")
    await settled()
    server.generate()
    await settled()
    server.cut()
    probe.hibernate().unbounded()
    for (let token = 0; token < 6; token++) {
      await settled()
      server.generate()
    }
    await settled()
    probe.send("b")
    await settled()
    server.generate()
    await settled()
    expect(probe.received).toEqual([...answerTo("a"), "b.1"])
  })

  it("is refused without a policy when the flow is saved", async () => {
    const numbers = async function* () {
      yield 1
      await new Promise(() => {})
    }
    const probe = Probe.flow(() => Flow.of<string>().flatMapConcat(() => Source.fromAsync(numbers)))
    probe.unbounded().send("a")
    await settled()
    expect(() => probe.hibernate()).toThrow('"fromAsync", step 1 of the source in "flatMapConcat", step 1 of the flow')
  })
})
