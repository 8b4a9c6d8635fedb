import { describe, expect, it } from "vitest"
import { StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const other = new Error("worse")

function broken(): never {
  throw other
}

const operators: Record<string, (flow: Flow<string, string>) => Flow<string, string>> = {
  recover: (flow) => flow.recover(String),
  recoverWith: (flow) => flow.recoverWith(() => Source.single("!")),
  mapError: (flow) => flow.mapError(() => other),
  onTermination: (flow) => flow.onTermination(() => {}),
  log: (flow) => flow.log("test", () => {}),
}

describe.each(Object.entries(operators))("%s, without a failure", (_, operator) => {
  const start = () => Probe.flow(() => operator(Flow.of<string>()))

  it("emits when upstream emits, hibernating or not", () => {
    expect(start().unbounded().send("a").hibernate().send("b").received).toEqual(["a", "b"])
  })

  it("backpressures when downstream backpressures", () => {
    const probe = start().request(1).send("a")
    expect(probe.demand).toBe(false)
    expect(probe.request(1).demand).toBe(true)
  })

  it("completes when upstream completes", () => {
    expect(start().complete().ended).toBe("completed")
  })

  it("cancels when downstream cancels, with the cause", () => {
    expect(start().cancel().cancelled).toBe(true)
    expect(start().cancel(error).cancelled).toEqual({ cause: error })
  })
})

describe("recover", () => {
  const recovered = (f: (error: unknown) => string | null | undefined = String) =>
    Probe.flow(() => Flow.of<string>().recover(f))

  it("emits the result of f for the error as the last element", () => {
    const probe = recovered().unbounded().send("a").fail(error)
    expect(probe.received).toEqual(["a", "Error: broken"])
    expect(probe.ended).toBe("completed")
  })

  it("completes when the last element was emitted", () => {
    const probe = recovered().fail(error)
    expect(probe.ended).toBe(undefined)
    expect(probe.request(1).ended).toBe("completed")
  })

  it("takes null for an element", () => {
    const probe = recovered(() => null)
      .unbounded()
      .fail(error)
    expect(probe.received).toEqual([null])
    expect(probe.ended).toBe("completed")
  })

  it("passes the error on if f returns undefined", () => {
    expect(recovered(() => undefined).fail(error).ended).toEqual({ failed: error })
  })

  it("fails with the error of f", () => {
    expect(recovered(broken).fail(error).ended).toEqual({ failed: other })
  })

  it("keeps the last element while it hibernates", () => {
    const probe = recovered().fail(error).hibernate().request(1)
    expect(probe.received).toEqual(["Error: broken"])
    expect(probe.ended).toBe("completed")
  })
})

describe("recoverWith", () => {
  const letters = (...elements: string[]) => Source.from(elements)
  const start = (f: (error: unknown) => Source<string> | undefined, attempts?: number) =>
    Probe.flow(() => Flow.of<string>().recoverWith(f, { attempts }))

  it("continues with the source that f returns for the error, and completes with it", () => {
    const probe = start((e) => letters(String(e), "b"))
      .unbounded()
      .send("a")
      .fail(error)
    expect(probe.received).toEqual(["a", "Error: broken", "b"])
    expect(probe.ended).toBe("completed")
  })

  it("emits the elements of the source on demand", () => {
    const probe = start(() => letters("a", "b"))
      .request(1)
      .fail(error)
    expect(probe.received).toEqual(["a"])
    expect(probe.request(1).ended).toBe("completed")
  })

  it("cancels the source when downstream cancels", () => {
    const probe = start(() => Source.tick("1 second").map(String))
      .unbounded()
      .fail(error)
      .cancel()
    expect(probe.clock.pending).toBe(0)
  })

  it("tries again if the source fails too, up to its attempts", () => {
    const errors: unknown[] = []
    const f = (e: unknown) => {
      errors.push(e)
      return Source.failed<string>(other)
    }
    const probe = start(f, 2).unbounded().fail(error)
    expect(probe.ended).toEqual({ failed: other })
    expect(errors).toEqual([error, other])
  })

  it("passes the error on if f returns undefined", () => {
    expect(start(() => undefined).fail(error).ended).toEqual({ failed: error })
  })

  it("fails with the error of f", () => {
    expect(start(broken).fail(error).ended).toEqual({ failed: other })
  })

  it("keeps the source's state and timers while it hibernates", () => {
    const probe = start(() => letters("a", "b").throttle(1, "1 second"))
      .unbounded()
      .fail(error)
    expect(probe.advance(600).hibernate().advance(399).received).toEqual(["a"])
    expect(probe.advance(1).received).toEqual(["a", "b"])
    expect(probe.ended).toBe("completed")
  })

  it("calls f again with the error, of its class and with its own fields, after it hibernated", () => {
    const errors: unknown[] = []
    const f = (e: unknown) => {
      errors.push(e)
      return Source.never<string>()
    }
    const late = Object.assign(new StreamTimeoutError("late"), { after: 5 })
    start(f).fail(late).hibernate()
    expect(errors[1]).toBeInstanceOf(StreamTimeoutError)
    expect(errors[1]).toMatchObject({ name: "StreamTimeoutError", message: "late", after: 5 })
  })

  it("keeps the count of remaining attempts while it hibernates", () => {
    const source = () =>
      letters("a", "b")
        .throttle(1, "1 second")
        .map((letter) => (letter === "b" ? broken() : letter))
    const probe = start(source, 2).unbounded().fail(error).hibernate().advance(1_000).hibernate().advance(1_000)
    expect(probe.received).toEqual(["a", "a"])
    expect(probe.ended).toEqual({ failed: other })
  })
})
