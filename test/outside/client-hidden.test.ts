import { randomUUID } from "node:crypto"
import { expect, inject, it, vi } from "vitest"
import { cutProxy } from "../support/cut-proxy.ts"
import { HiddenPage } from "../support/hidden-page.ts"
import { pageScript } from "../support/page-script.ts"
import { SessionClient } from "../support/session-client.ts"

/** A member of a room in a page of Chromium, whose tab can be hidden and whose socket can be cut, and another member. */
async function room() {
  const id = randomUUID()
  const proxy = await cutProxy(inject("contractUrl"))
  const page = await HiddenPage.open(proxy.url)
  const script = await pageScript(`
    import { connect, resume } from "./src/client.ts"
    import { protocol } from "./src/protocol.ts"
    const text = { name: "text", decode: String, encode: (message) => message }
    const room = protocol("/object/resumable", { receives: text, sends: text })
    const client = connect(room, { id: "${id}", name: "ann", within: 60_000 }, { resume })
    const received = []
    client.on("message", (message) => received.push(message))
    client.on("resync", () => received.push("resync"))
    Object.assign(globalThis, { client, received, freezes: 0 })
    document.addEventListener("freeze", () => freezes++)
  `)
  await page.evaluate(`(() => { ${script} })()`)
  const other = await new SessionClient(
    `${inject("contractUrl")}/object/resumable?id=${id}&name=bob&within=60000`,
  ).connect()
  /** The other member sends the room a message, and has received it itself. */
  const tell = async (...news: string[]) => {
    for (const message of news) other.send(`tell ${message}`)
    expect(await other.take(news.length)).toEqual(news)
  }
  const received = (messages: string[]) =>
    vi.waitFor(async () => expect(await page.evaluate("received")).toEqual(messages), { timeout: 15_000 })
  const hide = async () => {
    await page.hide()
    await vi.waitFor(async () =>
      expect(await page.evaluate("[document.visibilityState, freezes]")).toEqual(["hidden", 1]),
    )
  }
  await vi.waitFor(async () => expect(await page.evaluate("client.status")).toBe("open"), { timeout: 15_000 })
  await tell("before")
  await received(["before"])
  return { page, tell, received, hide, cut: proxy.cut }
}

// Chromium cuts the socket of a frozen page with 1006 when a message comes.
it("gets the messages from while its tab was hidden and frozen, once and in order", async () => {
  const { page, tell, received, hide } = await room()
  await hide()
  await tell("one", "two")
  expect(await page.evaluate("received")).toEqual(["before"])
  await page.show()
  await received(["before", "one", "two"])
  await tell("three")
  await received(["before", "one", "two", "three"])
})

it("reconnects after a socket that was lost while its tab was hidden, and no message is lost or doubled", async () => {
  const { page, tell, received, hide, cut } = await room()
  await hide()
  await tell("one")
  cut()
  await tell("two")
  await page.evaluate(`void client.send("mine")`)
  expect(await page.evaluate("received")).toEqual(["before"])
  await page.show()
  await vi.waitFor(async () => expect(await page.evaluate("received")).toContain("1: mine"), { timeout: 15_000 })
  await received(["before", "one", "two", "1: mine"])
  await page.evaluate(`void client.send("again")`)
  await received(["before", "one", "two", "1: mine", "2: again"])
  expect(await page.evaluate("client.status")).toBe("open")
})
