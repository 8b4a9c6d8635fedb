import { randomUUID } from "node:crypto"
import { readFile } from "node:fs/promises"
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect, inject, it } from "vitest"
import { routes } from "../../src/examples/routes.ts"
import { launch } from "../support/browser.ts"

const baseUrl = inject("baseUrl")
const demo = { req: { url: baseUrl } }

let browser: Browser
let page: Page
/** What the console says; violations of the content security policy are among it. */
let complaints: string[]
/** Where the page has sent requests. */
let hosts: Set<string>

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

afterEach(async () => {
  await page.context().close()
  expect(complaints).toEqual([])
  expect([...hosts]).toEqual([new URL(baseUrl).host])
})

async function open(handler: string, options: BrowserContextOptions = {}): Promise<void> {
  complaints = []
  hosts = new Set()
  page = await openTab(handler, await browser.newContext(options))
}

async function openTab(handler: string, context: BrowserContext): Promise<Page> {
  const tab = await context.newPage()
  tab.setDefaultTimeout(10_000)
  tab.on("console", (message) => complaints.push(message.text()))
  tab.on("pageerror", ({ message }) => complaints.push(message))
  tab.on("request", (request) => hosts.add(new URL(request.url()).host))
  tab.on("websocket", (socket) => hosts.add(new URL(socket.url()).host))
  await tab.goto(`${baseUrl}/#${handler}`)
  await tab.getByRole("heading", { name: handler, exact: true }).waitFor()
  return tab
}

/** Opens the page once more, and connects both to an id of their own. */
async function openTwice(handler: string): Promise<Page> {
  await open(handler)
  const other = await openTab(handler, page.context())
  const id = randomUUID()
  for (const tab of [page, other]) {
    await field("id", tab).fill(id)
    await connect(tab)
  }
  return other
}

const button = (name: string, tab = page) => tab.getByRole("button", { name, exact: true })
const field = (name: string, tab = page) => tab.getByLabel(name, { exact: true })
const entry = (kind: "sent" | "received" | "note", text: string, tab = page) =>
  tab.getByRole("log").locator(`p.${kind}`).filter({ hasText: text }).waitFor()
const focusOn = (selector: string) => page.locator(`${selector}:focus-visible`).waitFor()

async function connect(tab = page): Promise<void> {
  await button("Connect", tab).click()
  await entry("note", "Open", tab)
}

async function send(message: string): Promise<void> {
  await field("Message").fill(message)
  await button("Send").click()
}

/** The first messages that come in, as soon as there are so many. */
async function received(count: number, tab = page): Promise<string[]> {
  const messages = tab.getByRole("log").locator("p.received .content")
  await messages.nth(count - 1).waitFor()
  return (await messages.allTextContents()).slice(0, count)
}

it("has the headers that keep it to itself", async () => {
  await open("echo")
  const response = await fetch(baseUrl)
  expect(response.headers.get("Content-Security-Policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
      `connect-src 'self' ${new URL(routes.echo.url(demo)).origin}; ` +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff")
  expect(response.headers.get("Referrer-Policy")).toBe("no-referrer")
})

it("gives the addresses of the reverse router", async () => {
  await open("echo")
  const content = (handler: string) =>
    page.locator(`meta[name="webSocketUrl"][data-handler="${handler}"]`).getAttribute("content")
  expect(await content("echo")).toBe(routes.echo.url(demo))
  expect(await content("items")).toBe(routes.items.url(demo, { id: 1 }))
})

it("needs no more than the keyboard", async () => {
  await open("hello")
  await page.keyboard.press("Tab")
  await focusOn("[value=hello]")
  await page.keyboard.press("ArrowUp")
  await page.getByRole("heading", { name: "echo", exact: true }).waitFor()
  await page.keyboard.press("Tab")
  await focusOn("#connect-button")
  await page.keyboard.press("Enter")
  await entry("note", "Open")
  await focusOn("#message")
  await page.keyboard.type("from the keyboard")
  await page.keyboard.press("Enter")
  await entry("sent", "from the keyboard")
  await entry("received", "from the keyboard")
  await page.keyboard.press("Tab")
  await page.keyboard.press("Tab")
  await focusOn("#close-code")
  await page.keyboard.type("4001")
  await page.keyboard.press("Tab")
  await page.keyboard.type("enough")
  await page.keyboard.press("Enter")
  await entry("note", "Closed with 4001, reason “enough”, clean")
  await focusOn("#connect-button")
})

it("starts with a message to try", async () => {
  await open("model")
  await connect()
  await button("Send").click()
  await entry("received", '{"bar":"a text"}')
})

it("shows how the server closes", async () => {
  await open("goodbye")
  await button("Connect").click()
  await entry("received", "Hello!")
  await entry("note", "Closed with 1000, no reason, clean")
  expect(await button("Send").isDisabled()).toBe(true)
  expect(await button("Connect").isEnabled()).toBe(true)
})

it("closes without a code", async () => {
  await open("echo")
  await connect()
  await button("Disconnect").click()
  await entry("note", "Closed with 1005, no reason, clean")
})

it("sends only close codes that a browser may send", async () => {
  await open("echo")
  await connect()
  await field("Close code").fill("1001")
  await button("Disconnect").click()
  await focusOn("#close-code:invalid")
  await field("Close code").fill("")
  await field("Reason").fill("ü".repeat(62))
  await button("Disconnect").click()
  await focusOn("#close-reason:invalid")
  await field("Reason").fill("done")
  await button("Disconnect").click()
  await entry("note", "Closed with 1000, reason “done”, clean")
})

it("sets and clears the cookie that the private handler needs", async () => {
  await open("private")
  const refused = page.waitForEvent("console")
  await button("Connect").click()
  await entry("note", "Closed with 1006, no reason, not clean. The handshake failed or was refused")
  expect((await refused).text()).toContain("403")
  // No script can keep the browser from saying that a handshake was refused.
  complaints = []

  await button("Set cookie").click()
  await page.getByText("The cookie is user=alice").waitFor()
  await connect()
  await send("in")
  await entry("received", "in")
  await button("Clear cookie").click()
  await page.getByText("There is no cookie").waitFor()
})

it("sends and shows bytes", async () => {
  await open("binary")
  await connect()
  await send("ß!")
  await entry("sent", "c3 9f 21")
  await entry("received", "c3 9f 21ß!")
})

it("offers the subprotocols that are ticked", async () => {
  await open("subprotocol")
  await field("chat.v2").uncheck()
  await connect()
  await entry("note", "Open, with the subprotocol chat.v1")
  await send("hi")
  await entry("received", "chat.v1: hi")
})

it("puts params into the address", async () => {
  await open("items")
  await field("id").fill("3")
  await page.getByText(routes.items.url(demo, { id: 3 }), { exact: true }).waitFor()
  await connect()
  await send("hi")
  await entry("received", "item 3: hi")
})

it("puts the query into the address", async () => {
  await open("ticks")
  await field("every, in milliseconds").fill("100")
  await page.getByText(routes.ticks.url(demo, { every: 100 }), { exact: true }).waitFor()
  await connect()
  expect(await received(4)).toEqual(["tick", "tick", "tick", "tick"])
})

it("shares a stopwatch with another tab", async () => {
  const other = await openTwice("stopwatch")
  await send("start")
  const seconds = await received(3)
  expect(new Set(seconds).size).toBe(3)
  expect(await received(3, other)).toEqual(seconds)
})

it("is told the time on request, and as often as it says", async () => {
  await open("stopwatch-on-request")
  const id = randomUUID()
  await field("id").fill(id)
  await field("every, in milliseconds").fill("100")
  await page.getByText(routes.stopwatchOnRequest.url(demo, { id, every: 100 }), { exact: true }).waitFor()
  await connect()
  await send("time")
  expect(await received(1)).toEqual(["0"])
  await send("start")
  await received(4)
})

it("is told how another tab leaves", async () => {
  const other = await openTwice("control")
  await field("Close code", other).fill("4001")
  await field("Reason", other).fill("enough")
  await button("Disconnect", other).click()
  expect(await received(1)).toEqual(['{"left":{"code":4001,"reason":"enough"}}'])
})

it("leaves when its tab is closed", async () => {
  const other = await openTwice("control")
  await other.close()
  expect(await received(1)).toEqual(['{"left":{"code":1001,"reason":""}}'])
})

it("leaves the connection of the handler before", async () => {
  await open("ticks")
  const opened = page.waitForEvent("websocket")
  await connect()
  await entry("received", "tick")
  const closed = (await opened).waitForEvent("close")
  await page.getByRole("radio", { name: "hello", exact: true }).check()
  await page.getByText("Not connected").waitFor()
  await closed
  expect(await page.getByRole("log").textContent()).toBe("")
  await connect()
  await send("World")
  await entry("received", "Hello World")
})

it("takes a message for what it is: text", async () => {
  await open("echo")
  await connect()
  await send('<img src="https://example.com/"><b>')
  await entry("received", '<img src="https://example.com/"><b>')
})

it("shows the code of every handler", async () => {
  const durableObjects: Record<string, string[]> = {
    stopwatch: ["durable-objects/stopwatch.ts", "durable-objects/watch.ts"],
    "stopwatch-on-request": ["durable-objects/stopwatch.ts", "durable-objects/watch.ts"],
    control: ["durable-objects/control.ts"],
  }
  await open("echo")
  const names = await page
    .getByRole("radio")
    .evaluateAll<string[], { value: string }>((radios) => radios.map(({ value }) => value))
  for (const name of names) {
    await page.getByText(name, { exact: true }).first().click()
    const files = [...(durableObjects[name] ?? []), `src/examples/${name}.ts`]
    const code = await Promise.all(files.map((file) => readFile(file, "utf8")))
    await expect.poll(() => page.locator("#files code").allTextContents()).toEqual(code)
    expect(await page.locator("#files").getByRole("link").allTextContents()).toEqual(files)
  }
})

it.each([
  [360, 640],
  [900, 700],
  [1440, 900],
])("fits into %i × %i", async (width, height) => {
  await open("echo", { viewport: { width, height }, reducedMotion: "reduce" })
  await connect()
  await send("long".repeat(100))
  await entry("received", "long".repeat(100))
  const scrollWidth = () => page.evaluate<number>("document.documentElement.scrollWidth")
  expect(await scrollWidth()).toBe(width)
  for (const radio of await page.getByRole("radio").all()) {
    await radio.check()
    expect(await scrollWidth()).toBe(width)
  }
})

it.each([
  ["reduce", "none"],
  ["no-preference", "appear"],
] as const)("with the wish to %s motion animates: %s", async (reducedMotion, animation) => {
  await open("echo", { reducedMotion })
  await connect()
  const name = await page.evaluate<string>("getComputedStyle(document.querySelector('#log p')).animationName")
  expect(name).toBe(animation)
})
