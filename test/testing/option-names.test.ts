import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { expectTransparent, expectTransparentObject, link, MemoryObject } from "sluice/testing"
import { afterEach, describe, expect, it, vi } from "vitest"

class Echo extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}

/** Options as a test in JavaScript may write them. */
const misspelled = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 1])) as never

afterEach(() => vi.useRealTimers())

describe("an option that the kit does not have is refused", () => {
  it("by an object and a link", () => {
    expect(() => new MemoryObject(Echo, misspelled("nmae"))).toThrow(
      'There is no MemoryObject option "nmae": there are env, name, clock',
    )
    expect(() => link(misspelled("loose"))).toThrow('There is no link option "loose": there are delay, lose, seed')
  })

  it("by a client of an object", async () => {
    await expect(new MemoryObject(Echo).connect(text, undefined, misspelled("parmas"))).rejects.toThrow(
      'There is no connect option "parmas": there are url, params, headers, kept, resume',
    )
  })

  it("by a search for what hibernation changes", async () => {
    await expect(expectTransparent(() => Flow.of<string>(), misspelled("run"))).rejects.toThrow(
      'There is no expectTransparent option "run": there are input, advance, module, runs, maxSteps, seed',
    )
    await expect(expectTransparentObject(Echo, misspelled("run"))).rejects.toThrow(
      'There is no expectTransparentObject option "run": there are input, clients, advance, env, runs, maxSteps, seed',
    )
  })
})
