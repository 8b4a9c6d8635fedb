import fc from "fast-check"
import { Flow, Source, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { expectTransparent, expectTransparentObject, MemoryObject, TransparencyError } from "sluice/testing"
import { describe, expect, it } from "vitest"

const counting = () =>
  Flow.of<string>().statefulMap(
    () => 0,
    (count, message) => [count + 1, `${count + 1}: ${message}`],
  )

/** The error that a check rejects with; an error if it does not. */
async function refusal(check: Promise<void>): Promise<Error> {
  return check.then(
    () => Promise.reject(new Error("It was found transparent")),
    (error) => error,
  )
}

describe("expectTransparent", () => {
  it("accepts a flow that keeps its state in a stage", async () => {
    await expectTransparent(counting)
    await expectTransparent(() => Flow.of<string>().debounce(50), { input: fc.string() })
    await expectTransparent(() => Flow.of<number>().merge(Source.tick("10 seconds")), { input: [1, 2] })
    await expectTransparent(() => Flow.of<string>().mapAsync(2, async (message) => message.length))
  })

  it("finds a count in a closure, and shows the shortest script", async () => {
    const forgetful = () => {
      let count = 0
      return Flow.of<string>().map((message) => `${++count}: ${message}`)
    }
    const error = await refusal(expectTransparent(forgetful))
    expect(error).toBeInstanceOf(TransparencyError)
    expect(error.message).toContain(
      ['  send "a" → "1: a"', "  (it sleeps)", '  send "a" → awake "2: a"; after the sleep "1: a"'].join("\n"),
    )
  })

  it("finds a set in a closure", async () => {
    const distinct = () => {
      const seen = new Set<string>()
      return Flow.of<string>().filter((message) => !seen.has(message) && !!seen.add(message))
    }
    const error = await refusal(expectTransparent(distinct, { input: fc.constant("a") }))
    expect(error.message).toContain(
      ['  send "a" → "a"', "  (it sleeps)", '  send "a" → awake nothing; after the sleep "a"'].join("\n"),
    )
  })

  it("finds a timer of its own, which is lost", async () => {
    const late = () => {
      let last = ""
      return Flow.of<string>()
        .map((message) => {
          last = message
          return message
        })
        .merge(Source.tick("1 minute", { initialDelay: "1 minute" }).map(() => `still ${last}`))
    }
    const error = await refusal(expectTransparent(late))
    expect(error.message).toMatch(/\(it sleeps\)/)
    expect(error.message).toMatch(/advance "1 hour"|advance "1 minute"/)
  })

  it("finds the field of an actor", async () => {
    class Forgetful extends Actor<string> {
      private count = 0
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      receive(message: string) {
        this.out.tell(`${++this.count}: ${message}`)
      }
    }
    const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Forgetful, out))
    expect((await refusal(expectTransparent(flow))).message).toContain("(it sleeps)")
  })

  it("finds state in a module if each instance imports it anew", async () => {
    type Module = typeof import("./counting-module.ts")
    const module = (version: string): Promise<Module> => import(/* @vite-ignore */ `./counting-module.ts?${version}`)
    const error = await refusal(expectTransparent(({ counting }: Module) => counting(), { module }))
    expect(error.message).toContain('send "a" → awake "2: a"; after the sleep "1: a"')
  })

  it("reports that a flow differs from run to run", async () => {
    const lots = () => Flow.of<string>().map(() => Math.random())
    expect((await refusal(expectTransparent(lots))).message).toContain("without any sleep")
  })

  it("reports that a flow differs from run to run also if the difference does not come again", async () => {
    let calls = 0
    const once = () => Flow.of<string>().map((message) => (++calls === 100 ? "another" : message))
    expect((await refusal(expectTransparent(once))).message).toContain("without any sleep")
  })

  it("rejects with the error of a function that makes no flow", async () => {
    const broken = (): never => {
      throw new Error("broken")
    }
    await expect(expectTransparent(broken)).rejects.toThrow("broken")
  })

  it("tries scripts without messages, and without time", async () => {
    const flow = () => Flow.of<string>()
    await expectTransparent(flow, { input: [], runs: 10 })
    await expectTransparent(flow, { advance: [], runs: 10 })
    await expect(expectTransparent(flow, { input: [], advance: [] })).rejects.toThrow("Scripts have no steps")
  })

  it("refuses a flow that cannot hibernate", async () => {
    const live = async function* () {
      yield "a"
    }
    const pinned = () => Flow.of<string>().merge(Source.fromAsync(live()))
    expect((await refusal(expectTransparent(pinned))).name).toBe("PinnedFlowError")
  })

  it("refuses a flow instead of a function that makes it", async () => {
    const made = counting() as never
    await expect(expectTransparent(made)).rejects.toThrow("write expectTransparent(() => flow)")
    await expect(expectTransparent(undefined as never)).rejects.toThrow("got undefined")
  })
})

describe("expectTransparentObject", () => {
  class Kept extends FlowObject {
    private readonly count = this.cell("count", 0)
    protected accept() {
      const next = () => {
        this.count.update((count) => count + 1)
        return `${this.count.get()}`
      }
      return webSocket.endpoint(text, Flow.of<string>().map(next))
    }
  }

  class Forgetful extends FlowObject {
    private count = 0
    protected accept() {
      return webSocket.endpoint(
        text,
        Flow.of<string>().map(() => `${++this.count}`),
      )
    }
  }

  it("accepts an object that keeps its state in a cell", () => expectTransparentObject(Kept, { clients: [{}, {}] }))

  it("leaves Date as it was, also if the object refuses its clients", async () => {
    class Refusing extends FlowObject {
      protected accept() {
        return new Response("no", { status: 403 })
      }
    }
    const real = Date
    await expect(expectTransparentObject(Refusing)).rejects.toThrow("refused with 403")
    expect(Date).toBe(real)
    const { clock } = new MemoryObject(Kept)
    await expectTransparentObject(Kept, { runs: 1 })
    expect(Date.now()).toBe(clock.now())
    clock.uninstall()
  })

  it("finds a field of the class", async () => {
    const error = await refusal(expectTransparentObject(Forgetful))
    expect(error.message).toContain("Hibernation changes what clients see of Forgetful.")
    expect(error.message).toContain(
      ['  send "a" → "1"', "  (it sleeps)", '  send "a" → awake "2"; after the sleep "1"'].join("\n"),
    )
  })
})
