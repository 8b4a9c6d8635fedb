import { describe, expect, it, onTestFinished } from "vitest"
import { WebSocket as Ws } from "ws"
import { launch } from "../support/browser.ts"
import { type Before, firstMessage } from "../support/client-hang.ts"
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

/** On a busy machine later attempts may time out, too. */
function expectWelcome({ errors, closes, message }: Before, handshakes: number) {
  expect(message).toBe("welcome")
  expect(errors).toEqual(Array(handshakes - 1).fill("Error: No handshake in 200 ms"))
  expect(closes).toEqual(errors.map(() => 1006))
  expect(handshakes).toBeGreaterThan(1)
}

describe("the client gives up a handshake without an answer, and connects again", () => {
  it.each([
    ["Node", undefined],
    ["Node, over the package ws", Ws],
  ])("from %s", async (_name, WebSocket) => {
    const { server, abandoned } = await hangingServer()
    const before = await firstMessage(server.url, { WebSocket })
    await abandoned
    expectWelcome(before, server.handshakes)
  })

  it("from Chromium", async () => {
    const script = await pageScript(`import { type Before, firstMessage } from "./test/support/client-hang.ts"
      firstMessage(location.origin).then((before) => { document.title = JSON.stringify(before) })`)
    const { server, abandoned } = await hangingServer(script)
    const browser = await launch()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.waitForFunction("document.title")
    await abandoned
    expectWelcome(JSON.parse(await page.title()), server.handshakes)
  })
})
