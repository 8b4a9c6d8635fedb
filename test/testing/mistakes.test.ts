import { Flow, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { expectTransparent, expectTransparentObject, flowTest, MemoryObject } from "sluice/testing"
import { afterEach, describe, expect, it, vi } from "vitest"
import { anything } from "../support/author-mistakes.ts"

class Echo extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}

const echo = () => Flow.of<string>()

afterEach(() => vi.useRealTimers())

describe("an expectation of no elements", () => {
  const error = /^expect takes what should come, and got nothing: write expectNothing\(\)/

  it("is refused by a flow, which would pass whatever came", () => {
    expect(() => flowTest(echo).send("a").expect()).toThrow(error)
  })

  it("is refused by a client, which would pass whatever came", async () => {
    const client = await new MemoryObject(Echo).connect(text)
    await client.send("a")
    await expect(client.expect()).rejects.toThrow(error)
  })
})

describe("an expected failure", () => {
  it("is shown by the name of its class, also of one of the language", () => {
    expect(() => flowTest(echo).expectFailure(TypeError)).toThrow(
      "Expected the flow to fail with TypeError, and it runs on",
    )
  })
})

describe("a function that makes no flow", () => {
  const made: Record<string, [make: () => unknown, words: string]> = {
    nothing: [() => {}, "undefined: is a return missing?"],
    "a source": [
      () => Source.single("a"),
      "an instance of Source: write Flow.fromSinkAndSource(Sink.ignore(), source)",
    ],
    "an endpoint": [() => webSocket.endpoint(text, echo()), "webSocket.endpoint is for the accept of a FlowObject"],
  }

  it.each(Object.entries(made))("is named: %s", async (_, [make, words]) => {
    const start = () => flowTest(anything(make)).send(anything("a"))
    expect(start).toThrow("The function of flowTest must return a flow, and returned")
    expect(start).toThrow(words)
    const check = expectTransparent(anything(make))
    await expect(check).rejects.toThrow("The function of expectTransparent must return a flow, and returned")
  })

  it.each([
    ["the flow itself", echo(), "an instance of Flow, which would keep what its closures hold: write"],
    ["nothing", undefined, "undefined: write"],
  ])("is named: %s instead of a function", async (_, given, words) => {
    const error = (name: string) =>
      `${name} takes the function that makes the flow, and got ${words} ${name}(() => flow)`
    expect(() => flowTest(anything(given))).toThrow(error("flowTest"))
    await expect(expectTransparent(anything(given))).rejects.toThrow(error("expectTransparent"))
  })
})

describe("a value that is no class of an object", () => {
  it.each([
    ["nothing", undefined, "undefined"],
    ["an object", new MemoryObject(Echo), "an instance of MemoryObject"],
  ])("is named: %s", async (_, given, words) => {
    const error = (name: string) => `${name} takes the class of a Durable Object, and got ${words}: write`
    expect(() => new MemoryObject(anything(given))).toThrow(error("MemoryObject"))
    await expect(expectTransparentObject(anything(given))).rejects.toThrow(error("expectTransparentObject"))
  })
})

describe("a client without a codec", () => {
  it.each([{}, { resume: true }])("is named, with the options %o", async (options) => {
    const connect = new MemoryObject(Echo).connect(anything(undefined), undefined, options)
    await expect(connect).rejects.toThrow("A client has the codec of its endpoint, or its protocol, and got undefined")
  })
})
