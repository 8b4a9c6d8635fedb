import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WebSocketServer, WebSocket as Ws } from "ws"
import { launch } from "../support/browser.ts"
import { talk } from "../support/client-talk.ts"
import { StartedWorker } from "../support/started-worker.ts"

const expected = { echoed: ["one", "two"], end: { code: 4001, reason: "enough" }, status: "closed" }
const firefox = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find((path) => existsSync(path))

/** Serves a page that sends messages and reports, for browsers without a driver, and the WebSocket of that page. */
let server: Server
let pageUrl = ""
let connections = 0
/** The report of Firefox. */
const report = Promise.withResolvers<unknown>()

beforeAll(async () => {
  const code = `import { talk } from "./test/support/client-talk.ts"
    talk(location.origin).then((said) => fetch("/report", { method: "POST", body: JSON.stringify(said) }))`
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    format: "esm",
    write: false,
  })
  server = createServer(async (request, response) => {
    if (request.method === "POST") {
      let body = ""
      for await (const chunk of request) body += chunk
      if (request.headers["user-agent"]?.includes("Firefox")) report.resolve(JSON.parse(body))
    }
    response.setHeader("Content-Type", request.url === "/page.js" ? "text/javascript" : "text/html")
    response.end(
      request.url === "/page.js"
        ? outputFiles[0]?.text
        : '<!doctype html><script type="module" src="/page.js"></script>',
    )
  })
  new WebSocketServer({ server }).on("connection", (socket, { url }) => {
    // Each client loses its first connection.
    if (url === "/echo" && ++connections % 2 === 1) return socket.terminate()
    socket.send("welcome")
    socket.on("message", (message) => (url === "/close" ? socket.close(4001, "enough") : socket.send(String(message))))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  pageUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

describe("the client sends messages, loses its connection and sends more", () => {
  it("from Node", async () => expect(await talk(pageUrl)).toEqual(expected))

  it("from Node, over the package ws", async () => expect(await talk(pageUrl, { WebSocket: Ws })).toEqual(expected))

  it("from Chromium", async () => {
    const browser = await launch()
    try {
      const page = await browser.newPage()
      const said = page.waitForRequest("**/report")
      await page.goto(pageUrl)
      expect(JSON.parse((await said).postData() ?? "")).toEqual(expected)
    } finally {
      await browser.close()
    }
  })

  it.skipIf(!firefox)(`from Firefox${firefox ? "" : ": skipped, there is none at /usr/bin/firefox-esr"}`, async () => {
    const profile = mkdtempSync(join(tmpdir(), "sluice-firefox-"))
    const browser = execFile(firefox ?? "", ["--headless", "--no-remote", "--profile", profile, pageUrl])
    try {
      expect(await report.promise).toEqual(expected)
    } finally {
      const exited = new Promise((resolve) => browser.once("exit", resolve))
      browser.kill("SIGKILL")
      await exited
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    }
  })

  it("from a Worker", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sluice-client-"))
    const worker = new StartedWorker(
      join(directory, "worker.log"),
      "--config",
      "test/support/client-worker/wrangler.toml",
    )
    try {
      const response = await fetch(`${await worker.url()}/?base=${encodeURIComponent(pageUrl)}`)
      expect(await response.json()).toEqual(expected)
    } finally {
      await worker.stop()
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
