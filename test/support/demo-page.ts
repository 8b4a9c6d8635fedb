import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from "playwright-core"
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest"
import { launch } from "./browser.ts"

const baseUrl = inject("baseUrl")

let browser: Browser
let context: BrowserContext

/** The messages of the console, which include violations of the content security policy. */
export const complaints: string[] = []
/** The addresses to which the page has sent requests. */
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

/** Opens the page in a fresh browser, at a handler (`echo`) or an object of one (`stopwatch/k7mq-2vxp`). */
export async function open(place: string, options: BrowserContextOptions = {}): Promise<Tab> {
  context = await browser.newContext(options)
  return openNext(place)
}

/** Opens the page in a second tab. */
export async function openNext(place: string): Promise<Tab> {
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on("console", (message) => complaints.push(message.text()))
  page.on("pageerror", ({ message }) => complaints.push(message))
  page.on("request", (request) => hosts.add(new URL(request.url()).host))
  page.on("websocket", (socket) => hosts.add(new URL(socket.url()).host))
  await page.goto(`${baseUrl}/#${place}`)
  const tab = new Tab(page)
  await tab.shows(place.split("/")[0] ?? "")
  return tab
}

/** The page in use. Only the shown handler counts. */
export class Tab {
  constructor(readonly page: Page) {}

  /** Waits until a handler is shown. */
  async shows(handler: string): Promise<void> {
    await this.page.getByRole("heading", { name: handler, exact: true }).waitFor()
  }

  async pick(handler: string): Promise<void> {
    await this.page.getByRole("radio", { name: handler, exact: true }).check()
    await this.shows(handler)
  }

  /** The target of the page's address. */
  hash(): Promise<string> {
    return this.page.evaluate<string>("location.hash")
  }

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

  /** The first received messages, as soon as there are so many. */
  async received(count: number): Promise<string[]> {
    const messages = this.page.getByRole("log").locator("p.received .content")
    await messages.nth(count - 1).waitFor()
    return (await messages.allTextContents()).slice(0, count)
  }

  /** The sent, received and noted lines. */
  async log(): Promise<string[]> {
    return this.page.getByRole("log").locator(".content").allTextContents()
  }

  /** By how many pixels the page is wider than its window. */
  overhang(): Promise<number> {
    return this.page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth")
  }
}
