import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ClientEvents } from "../../src/client/client.ts"
import { settled } from "../../src/testing/settled.ts"
import { dial } from "../support/dialed-client.ts"

const uncaught: string[] = []
const broken = () => {
  throw new Error("broken listener")
}

beforeEach(() => {
  uncaught.length = 0
  vi.stubGlobal("queueMicrotask", (task: () => void) => {
    try {
      task()
    } catch (error) {
      uncaught.push(String(error))
    }
  })
})
afterEach(() => vi.unstubAllGlobals())

/** A client whose first URL cannot be made, with a listener that throws. */
function dialed(type: keyof ClientEvents<unknown>) {
  let attempts = 0
  const all = dial({
    base: async () => {
      if (attempts++ === 0) throw new Error("No token")
      return "https://example.com"
    },
  })
  all.room.on(type, broken)
  return all
}

describe.each(["status", "error", "close", "message"] as const)("a listener for %s that throws", (type) => {
  it("is reported, and changes nothing for the client and for other listeners", async () => {
    const { room, socket, clock } = dialed(type)
    const messages: unknown[] = []
    room.on("message", ({ at }) => messages.push(at.getTime()))
    await settled()
    clock.advance(100)
    const first = (await socket()).open().receive('{"at":1}')
    await room.send({ say: "hi" })
    first.end(1006)
    clock.advance(100)
    const second = (await socket()).open().receive('{"at":2}')
    await room.send({ say: "ho" })
    second.end(1000, "bye")
    expect(await room.closed).toEqual({ code: 1000, reason: "bye" })
    expect([first.sent, second.sent, messages]).toEqual([['{"say":"hi"}'], ['{"say":"ho"}'], [1, 2]])
    expect(new Set(uncaught)).toEqual(new Set(["Error: broken listener"]))
  })
})
