import type { Browser, CDPSession } from "playwright-core"
import { onTestFinished } from "vitest"
import { launch } from "./browser.ts"

interface Answer {
  readonly id: number
  readonly result?: { readonly result?: { readonly value?: unknown }; readonly exceptionDetails?: unknown }
  readonly error?: unknown
}

/**
 * A page whose tab can be hidden and frozen, as Chromium does after five minutes in the background. Playwright keeps its
 * own pages visible, so this one is made and driven over the DevTools protocol.
 */
export class HiddenPage {
  private readonly waiting = new Map<number, (answer: Answer) => void>()

  private constructor(
    private readonly browser: CDPSession,
    private readonly sessionId: string,
  ) {
    browser.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
      if (sessionId !== this.sessionId) return
      const answer = JSON.parse(message) as Answer
      this.waiting.get(answer.id)?.(answer)
    })
  }

  static async open(url: string): Promise<HiddenPage> {
    const browser: Browser = await launch()
    onTestFinished(() => browser.close())
    const root = await browser.newBrowserCDPSession()
    const { browserContextId } = await root.send("Target.createBrowserContext")
    const { targetId } = await root.send("Target.createTarget", { url, browserContextId })
    const { sessionId } = await root.send("Target.attachToTarget", { targetId })
    const page = new HiddenPage(root, sessionId)
    while (
      (await page.evaluate("location.href")) !== url ||
      (await page.evaluate("document.readyState")) !== "complete"
    );
    return page
  }

  /** Hides the tab and freezes its page: no timer fires, and no message of a socket arrives. */
  async hide(): Promise<void> {
    await this.send("Page.setWebLifecycleState", { state: "frozen" })
  }

  async show(): Promise<void> {
    await this.send("Page.setWebLifecycleState", { state: "active" })
    await this.send("Page.bringToFront")
  }

  /** The value of an expression, in JSON. A frozen page evaluates too. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true })
    if (result?.exceptionDetails) throw new Error(JSON.stringify(result.exceptionDetails))
    return result?.result?.value
  }

  private async send(method: string, params: object = {}): Promise<Answer> {
    const id = this.waiting.size
    const answer = new Promise<Answer>((resolve) => this.waiting.set(id, resolve))
    const message = JSON.stringify({ id, method, params })
    await this.browser.send("Target.sendMessageToTarget", { sessionId: this.sessionId, message })
    const { error } = await answer
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`)
    return answer
  }
}
