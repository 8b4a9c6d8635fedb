import { describe, expect, it, onTestFinished } from "vitest"
import { WebSocket as Ws } from "ws"
import { launch } from "../support/browser.ts"
import { firstMessage } from "../support/client-hang.ts"
import { pageScript } from "../support/page-script.ts"
import { PageServer } from "../support/page-server.ts"

/** A server that accepts the first connection, and never answers its handshake. */
async function hangingServer(script?: string) {
  const server = await PageServer.start(script)
  onTestFinished(() => server.stop())
  server.answers = (handshake) => handshake > 1
  server.onSocket = (socket) => socket.send("welcome")
  const abandoned = new Promise<void>((resolve) => (server.onAbandoned = resolve))
  return { server, abandoned }
}

const expected = { errors: ["Error: No handshake in 200 ms"], closes: [1006], message: "welcome" }

describe("the client gives up a handshake without an answer, and connects again", () => {
  it.each([
    ["Node", undefined],
    ["Node, over the package ws", Ws],
  ])("from %s", async (_name, WebSocket) => {
    const { server, abandoned } = await hangingServer()
    expect(await firstMessage(server.url, { WebSocket })).toEqual(expected)
    await abandoned
    expect(server.handshakes).toBe(2)
  })

  it("from Chromium", async () => {
    const script = await pageScript(`import { firstMessage } from "./test/support/client-hang.ts"
      firstMessage(location.origin).then((before) => { document.title = JSON.stringify(before) })`)
    const { server, abandoned } = await hangingServer(script)
    const browser = await launch()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.waitForFunction("document.title")
    expect(JSON.parse(await page.title())).toEqual(expected)
    await abandoned
    expect(server.handshakes).toBe(2)
  })
})
