import { type StandardSchema, text } from "sluice"
import { protocol } from "sluice/protocol"
import { useSocket } from "sluice/react"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { fakeSockets } from "../client/fake-socket.ts"

/** React as far as the hook uses it, for one component: memos by their dependencies, and an effect that runs again for another store. */
const react = vi.hoisted(() => {
  let memo: { value: unknown; deps: readonly unknown[] } | undefined
  let ref: { current: unknown } | undefined
  let effect: { subscribe: unknown; cleanUp(): void } | undefined
  return {
    useMemo(make: () => unknown, deps: readonly unknown[]) {
      if (!memo || deps.some((dep, index) => !Object.is(dep, memo?.deps[index]))) memo = { value: make(), deps }
      return memo.value
    },
    useRef: (current: unknown) => (ref ??= { current }),
    useInsertionEffect: (effect: () => void) => effect(),
    useSyncExternalStore(subscribe: (changed: () => void) => () => void, state: () => unknown) {
      if (effect?.subscribe !== subscribe) {
        effect?.cleanUp()
        effect = { subscribe, cleanUp: subscribe(() => {}) }
      }
      return state()
    },
    unmount() {
      effect?.cleanUp()
      memo = ref = effect = undefined
    },
  }
})

vi.mock("react", () => react)
beforeEach(() => react.unmount())

const echo = protocol("/echo/:id", { receives: text, sends: text })

type Echo = typeof echo
const mounted = () => echo.under("/api" as "")

async function rendered(...renders: [made: Echo, id: number][]) {
  const { WebSocket, made } = fakeSockets()
  for (const [protocol, id] of renders) {
    useSocket(protocol, { id }, { base: "https://example.com", WebSocket })
    await settled()
  }
  return made.map(({ url, closedWith }) => `${url} ${closedWith === undefined}`)
}

describe("a component that renders again", () => {
  it("keeps its socket for a protocol that each render makes, with the same path and messages", async () => {
    const make = () => protocol("/echo/:id", { receives: text, sends: text, closes: { 4001: "Kicked" } })
    expect(await rendered([make(), 1], [make(), 1])).toEqual(["wss://example.com/echo/1 true"])
    react.unmount()
    expect(await rendered([mounted(), 1], [mounted(), 1])).toEqual(["wss://example.com/api/echo/1 true"])
  })

  it("closes its socket for another path and for other params", async () => {
    expect(await rendered([echo, 1], [echo, 2], [mounted(), 2])).toEqual([
      "wss://example.com/echo/1 false",
      "wss://example.com/echo/2 false",
      "wss://example.com/api/echo/2 true",
    ])
  })
})

describe("the values of a component", () => {
  const query: StandardSchema<Record<string, unknown>, object> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as object }) },
  }
  const search = protocol("/search", { receives: text, sends: text, query })

  it.each<[name: string, ...values: Record<string, unknown>[]]>([
    ["in another order", { a: 1, b: 2 }, { b: 2, a: 1 }],
    ["as a text", { a: 1 }, { a: "1" }],
    ["with one that is undefined", { a: 1 }, { a: 1, b: undefined }],
    ["which JSON does not have", { a: 1n }, { a: 1n }],
  ])("keep its socket if they are the same, %s", async (_name, ...values) => {
    const { WebSocket, made } = fakeSockets()
    for (const value of values) {
      useSocket(search, value, { base: "https://example.com", WebSocket })
      await settled()
    }
    expect(made.map(({ closedWith }) => closedWith)).toEqual([undefined])
  })

  it("are other ones where their URL is another one, though JSON has one text for both", async () => {
    const { WebSocket, made } = fakeSockets()
    for (const value of [{ a: Number.NaN }, { a: Infinity }]) {
      useSocket(search, value, { base: "https://example.com", WebSocket })
      await settled()
    }
    expect(made.map(({ url }) => new URL(url).search)).toEqual(["?a=NaN", "?a=Infinity"])
  })

  it("are those of the newest render at each connection, if they are a function", async () => {
    const { WebSocket, made } = fakeSockets()
    const clock = new TestClock()
    for (const token of ["old", "new"]) {
      useSocket(search, () => ({ token }), { base: "https://example.com", WebSocket, clock })
      await settled()
    }
    made[0]?.open().end(1006)
    clock.advance(1_000)
    await settled()
    expect(made.map(({ url }) => new URL(url).search)).toEqual(["?token=old", "?token=new"])
  })
})

it("a component gets the same handle from each render, until its state changes", () => {
  const { WebSocket } = fakeSockets()
  const render = () => useSocket(echo, { id: 1 }, { base: "https://example.com", WebSocket })
  expect(render()).toBe(render())
})
