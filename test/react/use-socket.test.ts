import { createElement, StrictMode } from "react"
import { renderToString } from "react-dom/server"
import { text } from "sluice"
import { protocol } from "sluice/protocol"
import { useSocket } from "sluice/react"
import { afterEach, describe, expect, it, vi } from "vitest"
import { fakeSockets } from "../client/fake-socket.ts"

const echo = protocol("/echo/:id", { receives: text, sends: text })

afterEach(() => vi.unstubAllGlobals())

describe("a server that renders a page", () => {
  it.each(["sluice/client", "sluice/protocol", "sluice/react"])(
    "imports %s without a WebSocket, a page and a storage",
    async (entry) => {
      for (const name of ["WebSocket", "addEventListener", "location", "sessionStorage"]) vi.stubGlobal(name, undefined)
      vi.resetModules()
      expect(Object.keys(await import(/* @vite-ignore */ entry))).not.toEqual([])
    },
  )
})

it("useSocket connects nothing on a server", () => {
  const { WebSocket, made } = fakeSockets()
  const Page = () => {
    const { status, messages } = useSocket(echo, { id: 1 }, { base: "https://example.com", WebSocket })
    return createElement("p", null, `${status} ${messages.length}`)
  }
  expect(renderToString(createElement(StrictMode, null, createElement(Page)))).toBe("<p>connecting 0</p>")
  expect(made).toEqual([])
})
