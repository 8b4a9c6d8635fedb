import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest"
import { launch } from "./browser.ts"

const baseUrl = inject("baseUrl")

let browser: Browser
let context: BrowserContext

/** What the console says; violations of the content security policy are among it. */
export const complaints: string[] = []
/** Where the page has sent requests. */
const hosts = new Set<string>()

beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

afterEach(async () => {
  await context.close()
  const said = complaints.splice(0)
  const asked = [...hosts]
  hosts.clear()
  expect(said).toEqual([])
  expect(asked).toEqual([new URL(baseUrl).host])
})

/** Opens the page in a browser that nobody has used before. */
export async function open(handler: string, options: BrowserContextOptions = {}): Promise<Tab> {
  context = await browser.newContext(options)
  return openNext(handler)
}

/** Opens the page once more, in a second tab. */
export async function openNext(handler: string): Promise<Tab> {
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on("console", (message) => complaints.push(message.text()))
  page.on("pageerror", ({ message }) => complaints.push(message))
  page.on("request", (request) => hosts.add(new URL(request.url()).host))
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host))
  await page.goto(`${baseUrl}/#${handler}`)
  await page.getByRole("heading", { name: handler, exact: true }).waitFor()
  return new Tab(page)
}

/** The page as somebody uses it who tries a handler. */
export class Tab {
  constructor(readonly page: Page) {}

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true })
  }

  field(name: string): Locator {
    return this.page.getByLabel(name, { exact: true }).filter({ visible: true })
  }

  async hasFocusOn(selector: string): Promise<void> {
    await this.page.locator(`${selector}:focus-visible`).waitFor()
  }

  /** Waits for a line of the log. */
  async entry(kind: "sent" | "received" | "note", text: string): Promise<void> {
    await this.page.getByRole("log").locator(`p.${kind}`).filter({ hasText: text }).waitFor()
  }

  async connect(): Promise<void> {
    await this.button("Connect").click()
    await this.entry("note", "Open")
  }

  async send(message: string): Promise<void> {
    await this.field("Message").fill(message)
    await this.button("Send").click()
  }

  /** The first messages that come in, as soon as there are so many. */
  async received(count: number): Promise<string[]> {
    const messages = this.page.getByRole("log").locator("p.received .content")
    await messages.nth(count - 1).waitFor()
    return (await messages.allTextContents()).slice(0, count)
  }

  scrollWidth(): Promise<number> {
    return this.page.evaluate<number>("document.documentElement.scrollWidth")
  }
}
