import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { ExpectationError, expectTransparent, expectTransparentObject, flowTest, MemoryObject } from "sluice/testing"
import { describe, expect, it } from "vitest"

class Texts extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}

/** Forgets its count when it is evicted. */
class Forgetful extends FlowObject {
  private count = 0

  protected accept() {
    return webSocket.endpoint(
      text,
      Flow.of<string>().map(() => `${++this.count}`),
    )
  }
}

const forgetful = () => {
  let count = 0
  return Flow.of<string>().map(() => ++count)
}

const connected = () => new MemoryObject(Texts).connect(text)

describe("a client of an object under test whose expectation is not met", () => {
  it.each([
    ["nothing", [], ["a"], 'Expected "a", and nothing came'],
    ["another message", ["b"], ["a"], 'Expected "a", and "b" came'],
    ["one of two", ["a"], ["a", "b"], 'Expected "a", "b", and "a" came'],
    ["nothing, and a value that the test lacks is expected", [], [undefined], "Expected undefined, and nothing came"],
    ["one message, and a second one that the test lacks", ["a"], ["a", undefined], 'Expected "a", undefined, and "a"'],
  ])("shows that it got %s", async (_, sent, expected, error) => {
    const ann = await connected()
    await ann.send(...sent)
    await expect(ann.expect(...(expected as string[]))).rejects.toThrow(new ExpectationError(error).message)
    // The messages can still be expected.
    if (sent.length > 0) await ann.expect(...sent)
  })

  it("shows what came instead of nothing, and instead of a close", async () => {
    const ann = await connected()
    await expect(ann.expectClosed(1000)).rejects.toThrow("Expected a close with 1000, and nothing came")
    await ann.send("a")
    await expect(ann.expectNothing()).rejects.toThrow('Expected nothing, and "a" came')
    await expect(ann.expectClosed(1000)).rejects.toThrow('Expected a close with 1000, and "a" came')
    await ann.close(4000, "bye")
    await expect(ann.expect("a", "b")).rejects.toThrow('Expected "a", "b", and "a", {"close":4000,"reason":"bye"} came')
  })
})

describe("values of which all content is hidden", () => {
  class Money {
    readonly #amount: number
    constructor(amount: number) {
      this.#amount = amount
    }
    toString() {
      return `${this.#amount} €`
    }
  }
  class Stop {}
  const sent = (value: unknown) => flowTest(() => Flow.of<unknown>()).send(value)

  it.each([
    [() => Uint8Array.of(1).buffer, () => Uint8Array.of(2).buffer, "ArrayBuffer [1]"],
    [() => new DataView(new ArrayBuffer(1)), () => new DataView(new ArrayBuffer(2)), "DataView [0]"],
    [() => /a/, () => /a/g, "/a/"],
    [() => new URL("https://a"), () => new URL("https://b"), 'URL "https://a/"'],
    [() => new Date(Number.NaN), () => new Date(0), "Date invalid"],
    [() => Object(1), () => Object(2), "Number 1"],
    [() => new Money(1), () => new Money(2), "Money {}"],
  ])("equal those with the same one: %s", (make, other, shown) => {
    sent(make()).expect(make())
    expect(() => sent(make()).expect(other())).toThrow(`, and ${shown} came`)
  })

  it("equal themselves only, if it cannot be read", () => {
    const promise = Promise.resolve("a")
    sent(promise).expect(promise)
    expect(() => sent(promise).expect(Promise.resolve("a"))).toThrow(ExpectationError)
    sent(new Stop()).expect(new Stop())
    sent(Object.create(null)).expect(Object.create(null))
  })
})

describe("a search for the effect of hibernation", () => {
  it("finds it", async () => {
    await expect(expectTransparent(forgetful)).rejects.toThrow("awake 2; after the sleep 1")
    await expect(expectTransparentObject(Forgetful)).rejects.toThrow('awake "2"; after the sleep "1"')
  })

  it.each([0, -1, 0.5, Number.NaN])("refuses to try nothing: %s", async (count) => {
    await expect(expectTransparent(forgetful, { runs: count })).rejects.toThrow("write a whole number of at least 1")
    await expect(expectTransparent(forgetful, { maxSteps: count })).rejects.toThrow("maxSteps is")
    await expect(expectTransparentObject(Forgetful, { runs: count })).rejects.toThrow("runs is")
  })

  it("refuses an object without clients, which nothing would observe", async () => {
    await expect(expectTransparentObject(Forgetful, { clients: [] })).rejects.toThrow("clients is empty")
  })
})
