import { describe, expect, it } from "vitest"
import { StreamTimeoutError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

const error = new Error("broken")
const other = new Error("worse")

function broken(): never {
  throw other
}

describe("mapError", () => {
  it("replaces the error with which upstream fails", () => {
    const wrapped = Probe.flow(() => Flow.of<string>().mapError((cause) => new Error("wrapped", { cause })))
    expect(wrapped.fail(error).ended).toEqual({ failed: new Error("wrapped", { cause: error }) })
  })

  it("passes the error on if f returns undefined (fault 17)", async () => {
    const onlyTimeouts = (thrown: unknown) => (thrown instanceof StreamTimeoutError ? other : undefined)
    const start = () => Probe.flow(() => Flow.of<string>().mapError(onlyTimeouts))
    expect(start().fail(error).ended).toEqual({ failed: error })
    expect(start().fail(new StreamTimeoutError("late")).ended).toEqual({ failed: other })
  })

  it("is a failure for the stages after it (fault 17)", async () => {
    const ends: unknown[] = []
    const failed = Source.failed<string>(error).mapError(() => undefined)
    await expect(failed.runWith(Sink.onComplete((end) => ends.push(end)))).rejects.toBe(error)
    expect(ends).toEqual([error])
  })

  it("fails with the error of f", () => {
    expect(Probe.flow(() => Flow.of<string>().mapError(broken)).fail(error).ended).toEqual({ failed: other })
  })
})

describe("an error that is undefined", () => {
  const failures: Record<string, () => Source<string>> = {
    "a failed source": () => Source.failed<string>(undefined),
    "a promise": () => Source.fromPromise<string>(() => Promise.reject(undefined)),
    mapAsync: () => Source.single("a").mapAsync(1, () => Promise.reject<string>(undefined)),
    map: () =>
      Source.single("a").map(() => {
        throw undefined
      }),
    "a statefulMap": () =>
      Source.single("a").statefulMap<number, string>(
        () => 0,
        () => {
          throw undefined
        },
      ),
    "a queue": () => {
      const queue = Source.queue<string>(1)
      queue.fail(undefined)
      return queue.source
    },
  }

  it.each(Object.entries(failures))("from %s is a failure (fault 17)", async (_, source) => {
    const ends: unknown[] = []
    const running = source().runWith(Sink.onComplete((end) => ends.push(end)))
    await expect(running).rejects.toThrow("undefined was thrown")
    expect(ends).toEqual([expect.any(Error)])
  })
})
