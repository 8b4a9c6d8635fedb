import { env } from "cloudflare:workers"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { AskTimeoutError, PoisonPill } from "../../src/actor.ts"
import { remoteActor } from "../../src/durable.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { ActorBench } from "../support/durable-worker/actor-bench.ts"
import { holdTime, TestObject } from "../support/test-object.ts"

let there: TestObject
let observer: Line

beforeEach(async () => {
  vi.restoreAllMocks()
  holdTime()
  there = new TestObject("ACTOR_BENCH")
  observer = await there.dial("/actors/:id/talk/counter")
})

const far = (actor = "counter") => remoteActor<unknown>(env.ACTOR_BENCH, there.id, actor)
const silence = () => vi.spyOn(console, "error").mockImplementation(() => {})

describe("the ref of an actor in another object", () => {
  it("sends its messages in order, hibernating or not", async () => {
    const counter = far()
    for (const round of [0, 1]) {
      const words = Array.from({ length: 50 }, (_, index) => `${round}-${index}`)
      for (const word of words) counter.tell(word)
      if (round === 0) await observer.next()
      expect(await observer.next(50)).toEqual(words)
      await there.sleep()
    }
  })

  it("takes every value that structured clone takes", async () => {
    far().tell({ at: new Date(0), bytes: new Uint8Array([1]), absent: undefined })
    expect(await observer.next(2)).toEqual(["started", '{"at":"1970-01-01T00:00:00.000Z","bytes":{"0":1}}'])
  })

  it("asks, and gets the answer", async () => {
    far().tell("add")
    await observer.next(2)
    await there.sleep()
    expect(await far().ask("ask", "1 second")).toBe(1)
  })

  it("rejects with an AskTimeoutError without an answer in time", async () => {
    const question = far().ask("ignore", 20)
    await expect(question).rejects.toThrow(AskTimeoutError)
    await expect(question).rejects.toThrow(`No answer from //${there.id}/counter within 20 ms`)
  })

  it("rejects so, too, if the timeout of the object fires first", async () => {
    vi.spyOn(ActorBench.prototype, "sluiceAsk").mockRejectedValue(new AskTimeoutError("No answer from /counter"))
    const question = far().ask("ask", "1 hour")
    await expect(question).rejects.toThrow(AskTimeoutError)
    await expect(question).rejects.toThrow(`No answer from //${there.id}/counter within 3600000 ms`)
  })

  it("rejects so if the actor has failed without an answer, and the object logs the failure", async () => {
    const log = silence()
    await expect(far().ask("fail", 20)).rejects.toThrow(AskTimeoutError)
    expect(log.mock.calls.flat().join()).toContain("It broke")
    expect(await observer.next(2)).toEqual(["started", "stopped"])
  })

  it("stops its actor with a PoisonPill, after the messages before it", async () => {
    for (const message of ["add", "add", PoisonPill]) far().tell(message)
    expect(await observer.next(4)).toEqual(["started", "count 1", "count 2", "stopped"])
    expect(await there.rows()).toEqual([])
  })

  it("reaches the object again after a crash, which loses one message", async () => {
    const log = silence()
    const counter = far()
    counter.tell("add")
    await observer.next(2)
    await there.inside((_, state) => state.abort("The test wants it")).catch(() => {})
    await expect(counter.ask("ask", "1 second")).rejects.toThrow("The test wants it")
    counter.tell("add")
    expect(await counter.ask("ask", "1 second")).toBe(2)
    expect(log.mock.calls).toEqual([])
  })

  it("has a path with the id of the object", () => expect(far().path).toBe(`//${there.id}/counter`))

  it("is refused as a part of a message, and so is every other ref", async () => {
    const near = await there.inside((object) => (object as ActorBench).group)
    for (const message of [near, { member: near }, [new Map([["a", near]])]]) {
      expect(() => far().tell(message)).toThrow(/The ref of \/group cannot be told to .*\/counter: it means nothing/)
      await expect(far().ask(message, 20)).rejects.toThrow(/cannot be told/)
    }
    expect(() => far().tell({ member: far("group") })).toThrow(/The ref of .*\/group cannot be (told|kept)/)
  })

  it("does not decode values that look like a ref", async () => {
    far().tell({ "sluice:actor": "/group" })
    expect(await observer.next(2)).toEqual(["started", '{"sluice:actor":"/group"}'])
  })
})

describe("the ref of an actor that the object does not have", () => {
  it("rejects an ask, with the class and the name", async () => {
    await expect(far("missing").ask("ask", "1 second")).rejects.toThrow('ActorBench has no actor "missing"')
  })

  it("logs messages, and drops them", async () => {
    const log = silence()
    far("missing").tell("hello")
    await vi.waitFor(() => expect(log).toHaveBeenCalledOnce())
    expect(log.mock.calls.flat().join()).toContain(`//${there.id}/missing`)
    expect(log.mock.calls.flat().join()).toMatch(/has no actor .*missing/)
  })

  it.each(["constructor", "__proto__", "counter/$1", ""])("is refused under any name: %j", async (name) => {
    await expect(far(name).ask("ask", "1 second")).rejects.toThrow("has no actor")
  })
})

describe("two objects", () => {
  it("tell and ask, and both hibernate between every two messages", async () => {
    const here = new TestObject("ACTOR_BENCH")
    const [teller, asker] = [
      await here.dial(`/actors/:id/tell/${there.id}`),
      await here.dial(`/actors/:id/ask/${there.id}`),
    ]
    const answers = []
    for (const count of [1, 2, 3]) {
      teller.send("add")
      expect((await observer.next(count === 1 ? 2 : 1)).at(-1)).toBe(`count ${count}`)
      await Promise.all([here.sleep(), there.sleep()])
      answers.push(...(await asker.send("ask").next()))
    }
    expect(answers).toEqual(["1", "2", "3"])
    expect(await here.rows()).toEqual([])
  })

  it("keep the order of messages of several senders", async () => {
    const senders = await Promise.all(
      ["a", "b", "c"].map(async (name) => {
        return [name, await new TestObject("ACTOR_BENCH").dial(`/actors/:id/tell/${there.id}`)] as const
      }),
    )
    for (const index of Array(20).keys()) for (const [name, sender] of senders) sender.send(`${name} ${index}`)
    const said = (await observer.next(61)).slice(1)
    for (const [name] of senders) {
      const expected = Array.from({ length: 20 }, (_, index) => `${name} ${index}`)
      expect(said.filter((text) => String(text).startsWith(name))).toEqual(expected)
    }
  })

  it("are closed with 1011 if an ask in a flow gets no answer", async () => {
    silence()
    const asker = await new TestObject("ACTOR_BENCH").dial(`/actors/:id/ask/${there.id}`)
    asker.send("ignore")
    expect(await asker.next()).toEqual([closed(1011)])
  })
})
