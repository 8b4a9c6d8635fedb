import { describe, expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import type { SourceMaybe } from "../../src/stream/source-handles.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")

/** The handle is the one of the newest instance, as in a function that makes the flow for each connection. */
function connect<T = number>() {
  let handle: SourceMaybe<T> = Source.maybe<T>()
  const probe = Probe.source(() => {
    handle = Source.maybe<T>()
    return handle.source
  })
  const complete = (...element: [] | [T]) => handle.complete(...element)
  return { probe, complete, fail: (error: unknown) => handle.fail(error) }
}

describe("Source.maybe", () => {
  it("emits its element on demand, then completes", () => {
    const { probe, complete } = connect()
    expect(complete(6)).toBe(true)
    expect(probe.received).toEqual([])
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).received).toEqual([6])
    expect(probe.ended).toBe("completed")
  })

  it("emits its element at once if there is demand", () => {
    const { probe, complete } = connect()
    probe.unbounded()
    complete(6)
    expect(probe.received).toEqual([6])
    expect(probe.ended).toBe("completed")
  })

  it("completes without an element, with demand or without", () => {
    const [wanted, unwanted] = [connect(), connect()]
    wanted.probe.unbounded()
    for (const { probe, complete } of [wanted, unwanted]) {
      expect(complete()).toBe(true)
      expect(probe.received).toEqual([])
      expect(probe.ended).toBe("completed")
    }
  })

  it("takes undefined for an element", () => {
    const { probe, complete } = connect<undefined>()
    complete(undefined)
    expect(probe.unbounded().received).toEqual([undefined])
  })

  it("emits nothing and continues until it is completed", () => {
    const { probe } = connect()
    expect(probe.unbounded().advance(1_000_000).received).toEqual([])
    expect(probe.ended).toBe(undefined)
  })

  it("fails, with demand or without", () => {
    const [wanted, unwanted] = [connect(), connect()]
    wanted.probe.unbounded()
    for (const { probe, fail } of [wanted, unwanted]) {
      expect(fail(error)).toBe(true)
      expect(probe.ended).toEqual({ failed: error })
    }
  })

  it("loses its element when it fails first", () => {
    const { probe, fail, complete } = connect()
    expect(fail(error)).toBe(true)
    expect(complete(6)).toBe(false)
    expect(probe.unbounded().received).toEqual([])
  })

  it.each<[string, (connection: ReturnType<typeof connect<number>>) => void]>([
    ["cancelled", ({ probe }) => probe.cancel()],
    ["cancelled with a cause", ({ probe }) => probe.cancel(error)],
    ["given an element", ({ complete }) => complete(6)],
    ["completed", ({ complete }) => complete()],
    ["failed", ({ fail }) => fail(error)],
  ])("is closed when it was %s, after hibernation too", (_, end) => {
    const connection = connect()
    end(connection)
    const closed = () => [connection.complete(7), connection.complete(), connection.fail(error)]
    expect(closed()).toEqual([false, false, false])
    connection.probe.hibernate()
    expect(closed()).toEqual([false, false, false])
  })

  it("keeps its element while it hibernates, and is open before", () => {
    const { probe, complete } = connect()
    probe.hibernate()
    expect(complete(6)).toBe(true)
    expect(probe.hibernate().unbounded().received).toEqual([6])
    expect(probe.ended).toBe("completed")
  })

  it("takes its element before it runs, and from an element of its flow", async () => {
    const early = Source.maybe<number>()
    early.complete(6)
    expect(await early.source.runWith(Sink.toArray())).toEqual([6])

    const last = Source.maybe<number>()
    const lastOf = Flow.of<number>().alsoTo(Sink.forEach((n) => n === 2 && last.complete(n * 10)))
    expect(await Source.range(1, 3).via(lastOf).merge(last.source).runWith(Sink.toArray())).toEqual([1, 2, 20, 3])
  })

  it("runs once", async () => {
    const { source } = Source.maybe<number>()
    void source.runWith(Sink.ignore())
    await expect(source.runWith(Sink.ignore())).rejects.toThrow("A Source.maybe runs once")
  })
})
