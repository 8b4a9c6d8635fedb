import { Codec, Flow, type JsonValue, json, Message, messages, Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { ExpectationError, link, MemoryObject, type TestClient } from "sluice/testing"
import * as v from "valibot"
import { describe, expect, expectTypeOf, it } from "vitest"

class Values extends FlowObject {
  protected accept() {
    return webSocket.endpoint(json(), Flow.of<JsonValue>(), { autoResponse: { request: "ping", response: "pong" } })
  }
}

class Texts extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}

class Headers extends FlowObject {
  protected accept({ headers }: ConnectionInfo) {
    return webSocket.endpoint(json(), Flow.of<JsonValue>().merge(Source.single(headers)))
  }
}

it("an object under test advances past a clock that is stalled in the meantime", async () => {
  const object = new MemoryObject(Texts)
  const { clock } = object
  const start = clock.now()
  await object.inside((_, { storage }) => storage.setAlarm(start + 10))
  const advancing = object.advance("1 second")
  clock.stall("1 minute")
  await advancing
  expect(clock.now()).toBe(start + 60_000)
})

it.each([
  [{ amount: 1n }, "a bigint (1) at amount: map it with String"],
  [{ seen: new Set() }, "at seen: map it with Array.from"],
  [undefined, "undefined: send objects"],
])("a client of an object under test refuses to send what JSON would lose: %o", async (message, why) => {
  const client = await new MemoryObject(Values).connect(json())
  await expect(client.send(message as never)).rejects.toThrow(why)
  await client.expectNothing()
})

it("an object under test is made anew after an eviction whose constructor has thrown", async () => {
  let made = 0
  class Fragile extends FlowObject {
    readonly number = ++made
    constructor(...given: ConstructorParameters<typeof FlowObject>) {
      super(...given)
      if (this.number === 2) throw new Error("broken")
    }
    protected accept() {
      return webSocket.endpoint(text, Flow.of<string>())
    }
  }
  const object = new MemoryObject(Fragile)
  await expect(object.evict()).rejects.toThrow("broken")
  expect(await object.inside(({ number }) => number)).toBe(3)
})

describe("a client of an object under test", () => {
  it("expects a message that has the keys of a close", async () => {
    const ann = await new MemoryObject(Values).connect(json())
    await ann.send({ close: 101.5, reason: "up" })
    await ann.expect({ close: 101.5, reason: "up" })
  })

  it("receives an automatic response that is no JSON as a text", async () => {
    const ann = await new MemoryObject(Values).connect(json())
    await ann.sendFrames("ping", "[1]")
    await ann.expect("pong", [1])
  })

  it("shows the code and the reason of an expected close", async () => {
    const ann = await new MemoryObject(Texts).connect(text)
    await ann.close(4001, "a")
    await expect(ann.expectClosed(4001, "b")).rejects.toThrow(
      'Expected a close with 4001 and the reason "b", and {"close":4001,"reason":"a"} came',
    )
    await expect(ann.expectClosed()).rejects.toThrow("Expected a close without a code, and")
  })

  it("sends headers whose names the object gets in lower case, as from a route", async () => {
    const ann = await new MemoryObject(Headers).connect(json(), undefined, { headers: { "X-User": "ann" } })
    await ann.expect({ "x-user": "ann" })
    const bob = await new MemoryObject(Headers).connect(json(), undefined, { headers: { A: "1" }, kept: { B: "2" } })
    expect(bob.received).toEqual([{ b: "2" }])
  })

  it("closes with a close of the codec messages", async () => {
    const ann = await new MemoryObject(Texts).connect(messages)
    await ann.send(Message.text("a"), Message.close(4001, "b"))
    expect(ann.received).toEqual(["a", { close: 4001, reason: "b" }])
  })

  it("refuses a message that it cannot make a frame of", async () => {
    const own = new Codec<{ n: number }, string>(
      () => ({ n: 1 }),
      () => "",
    )
    const ann = await new MemoryObject(Texts).connect(own)
    await expect(ann.send({ n: 1 })).rejects.toThrow('cannot make a frame of {"n":1}: send its frame with sendFrames')
  })

  it("has a whole link again when it resumes its session", async () => {
    class Kept extends FlowObject {
      protected accept() {
        return webSocket.endpoint(text, Flow.of<string>(), { resume: { within: "1 minute" } })
      }
    }
    const broken = link({ lose: (frame) => frame === 5 })
    const ann = await new MemoryObject(Kept).connect(text, undefined, { resume: true, link: broken })
    await ann.send("a", "b", "c")
    expect([ann.received, broken.isBroken]).toEqual([["a"], true])
    await ann.drop()
    await ann.resumed()
    await ann.expect("a", "b", "c")
  })

  it("refuses a session that the object does not begin", async () => {
    const connecting = new MemoryObject(Texts).connect(text, undefined, { resume: true })
    await expect(connecting).rejects.toThrow(ExpectationError)
    await expect(connecting).rejects.toThrow("write webSocket.endpoint(codec, flow, { resume:")
  })
})

describe("a client of a protocol", () => {
  const Said = v.object({ said: v.string() })
  const both = protocol("/both", { receives: v.object({ say: v.string() }), sends: Said })
  const mixed = protocol("/mixed", { receives: text, sends: Said })

  class Both extends FlowObject {
    protected accept() {
      return webSocket.endpoint(
        both,
        Flow.of<{ say: string }>().map(({ say }) => ({ said: say })),
      )
    }
  }
  class Mixed extends FlowObject {
    protected accept() {
      const flow = Flow.of<string>().map((said) => ({ said }))
      return webSocket.endpoint(mixed, flow, { resume: { within: "1 minute" } })
    }
  }

  it("sends and receives what its schemas describe", async () => {
    const client = await new MemoryObject(Both).connect(both)
    expectTypeOf(client).toEqualTypeOf<TestClient<{ say: string }, { said: string }>>()
    await client.send({ say: "hi" })
    await client.expect({ said: "hi" })
  })

  it("sends and receives by the codec or the schema of each direction, with a session too", async () => {
    for (const resume of [false, true]) {
      const client = await new MemoryObject(Mixed).connect(mixed, undefined, { resume })
      await client.send('"hi"')
      await client.expect({ said: '"hi"' })
    }
  })
})
