import { text } from "sluice"
import { protocol } from "sluice/protocol"
import { type SocketState, useSocket } from "sluice/react"
import { describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { fakeSockets } from "../client/fake-socket.ts"

/** React as far as the hook uses it: the test runs the effect, and reads the state. */
const react = vi.hoisted(() => ({
  subscribe: (_: () => void) => () => {},
  state: (): SocketState<string> => expect.unreachable(),
}))

vi.mock("react", () => ({
  useMemo: (make: () => unknown) => make(),
  useRef: (current: unknown) => ({ current }),
  useInsertionEffect: (effect: () => void) => effect(),
  useSyncExternalStore(subscribe: typeof react.subscribe, state: typeof react.state) {
    Object.assign(react, { subscribe, state })
    return state()
  },
}))

const echo = protocol("/echo", { receives: text, sends: text })

function mounted() {
  const { WebSocket, made } = fakeSockets()
  const { send } = useSocket(echo, {}, { base: "https://example.com", WebSocket })
  const changes: SocketState<string>[] = []
  const unmount = react.subscribe(() => changes.push(react.state()))
  return { made, send, unmount, changes }
}

describe("a component whose effects run again, as that of a hidden Activity", () => {
  it("has the state of its new client, whatever the one before still tells", async () => {
    const { made, unmount } = mounted()
    await settled()
    made[0]?.open().receive("old")
    unmount()
    await settled()
    react.subscribe(() => {})
    await settled()
    made[1]?.open().receive("new")
    made[0]?.end(1000)
    await settled()
    expect(react.state()).toMatchObject({ status: "open", messages: ["new"], closed: undefined })
  })

  it("tells the close that ended the client, until it has another client", async () => {
    const { made, unmount } = mounted()
    await settled()
    made[0]?.open().end(1008, "Banned")
    await settled()
    expect(react.state()).toMatchObject({ status: "closed", messages: [], closed: { code: 1008, reason: "Banned" } })
    unmount()
    await settled()
    react.subscribe(() => {})
    expect(react.state()).toMatchObject({ status: "connecting", messages: [], closed: undefined })
  })

  it("shows a close with its code, and not before", async () => {
    const { made, changes } = mounted()
    await settled()
    made[0]?.open().end(1008, "Banned")
    await settled()
    expect(changes.map((state) => [state.status, state.closed?.code])).toEqual([
      ["open", undefined],
      ["closed", 1008],
    ])
  })

  it("sends the messages of its children's effects, which run before its own, in their order", async () => {
    const { WebSocket, made } = fakeSockets()
    const { send } = useSocket(echo, {}, { base: "https://example.com", WebSocket })
    for (const mount of [1, 2]) {
      void send("child")
      const unmount = react.subscribe(() => {})
      void send("parent")
      await settled()
      made[mount - 1]?.open()
      unmount()
      await settled()
    }
    expect(made.map(({ sent }) => sent)).toEqual([
      ["child", "parent"],
      ["child", "parent"],
    ])
  })

  it("rejects a message while it is not mounted, and the rejection need not be handled", async () => {
    const { unmount, send, made } = mounted()
    unmount()
    await settled()
    const unhandled = vi.fn()
    process.on("unhandledRejection", unhandled)
    const sent = send("a")
    await new Promise((resolve) => setTimeout(resolve))
    process.off("unhandledRejection", unhandled)
    expect(unhandled).not.toHaveBeenCalled()
    await expect(sent).rejects.toThrow("Closed: 1000")
    expect(made).toEqual([])
  })
})
