import { text } from "sluice"
import { protocol } from "sluice/protocol"
import { useSocket } from "sluice/react"
import { beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { fakeSockets } from "../client/fake-socket.ts"

/** React as far as the hook uses it, for one component: memos by their dependencies, and an effect that runs again for another store. */
const react = vi.hoisted(() => {
  let memo: { value: unknown; deps: readonly unknown[] } | undefined
  let effect: { subscribe: unknown; cleanUp(): void } | undefined
  return {
    useMemo(make: () => unknown, deps: readonly unknown[]) {
      if (!memo || deps.some((dep, index) => !Object.is(dep, memo?.deps[index]))) memo = { value: make(), deps }
      return memo.value
    },
    useSyncExternalStore(subscribe: (changed: () => void) => () => void, state: () => unknown) {
      if (effect?.subscribe !== subscribe) {
        effect?.cleanUp()
        effect = { subscribe, cleanUp: subscribe(() => {}) }
      }
      return state()
    },
    unmount() {
      effect?.cleanUp()
      memo = effect = undefined
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
