import { expect, it, onTestFinished, vi } from "vitest"
import { launch } from "../support/browser.ts"
import { pageScript } from "../support/page-script.ts"
import { PageServer } from "../support/page-server.ts"

it("useSocket has one socket in React's strict mode, which mounts twice, and gets and sends every message once", async () => {
  const script = await pageScript(`import { renderStrict } from "./test/react/strict-page.tsx"
    renderStrict(document.querySelector("main"))`)
  const server = await PageServer.start(script)
  const said: string[] = []
  server.onSocket = (socket) => {
    socket.send("welcome")
    socket.on("message", (message) => said.push(`${message}`))
  }
  const browser = await launch()
  onTestFinished(async () => {
    await browser.close()
    server.stop()
  })
  const page = await browser.newPage()
  await page.goto(server.url)
  const tell = (message: string) => {
    for (const socket of server.sockets) socket.send(message)
  }
  const received = (count: number) =>
    page
      .locator("li")
      .nth(count - 1)
      .waitFor()
  await received(1)
  tell("one")
  tell("two")
  await received(3)
  await page.getByRole("button", { name: "Say hi" }).click()
  await vi.waitFor(() => expect(said).toEqual(["hello", "hello", "hi"]))
  expect(await page.locator("li").allTextContents()).toEqual(["welcome", "one", "two"])
  expect(await page.locator("p").textContent()).toBe("open, mounted 2 times")
  expect([server.sockets.size, server.handshakes]).toEqual([1, 1])
  await page.getByRole("button", { name: "Leave" }).click()
  await vi.waitFor(() => expect(server.sockets.size).toBe(0))
  expect([server.handshakes, said]).toEqual([1, ["hello", "hello", "hi"]])
})
