import { randomUUID } from "node:crypto"
import { expect, it } from "vitest"
import { open, openNext, type Tab } from "../support/demo-page.ts"

/**
 * The events of a page that the back/forward cache keeps, or restores. The headless Chromium of the tests has no such
 * cache (`BackForwardCacheDisabledForDelegate`), so the test dispatches the events.
 */
async function tell(tab: Tab, type: "pagehide" | "pageshow", persisted = true): Promise<void> {
  await tab.page.evaluate(`dispatchEvent(new PageTransitionEvent("${type}", { persisted: ${persisted} }))`)
}

/** Two tabs at one object. */
async function openTwice(place: string): Promise<[Tab, Tab]> {
  return [await open(place), await openNext(place)]
}

it("closes its socket while the browser keeps the page, and reconnects when it is restored (fault 27)", async () => {
  const [tab, kept] = await openTwice(`control/${randomUUID()}`)
  await tab.connect()
  await kept.connect()
  await tell(kept, "pagehide")
  expect(await tab.received(1)).toEqual(['{"left":{"code":1000,"reason":"The page was left"}}'])
  await tell(kept, "pageshow")
  await kept.page.getByRole("log").getByText("Open", { exact: true }).nth(1).waitFor()
  await kept.field("Close code").fill("4001")
  await kept.button("Disconnect").click()
  expect((await tab.received(2))[1]).toBe('{"left":{"code":4001,"reason":""}}')
})

it("reconnects handlers that are not shown (fault 27)", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.pick("hello")
  await tab.connect()
  await tell(tab, "pagehide")
  await tell(tab, "pageshow")
  await tab.send("World")
  await tab.entry("received", "Hello World")
  await tab.pick("echo")
  await tab.page.getByRole("log").getByText("The page is back", { exact: true }).waitFor()
  await tab.send("again")
  await tab.entry("received", "again")
})

it("leaves the chat, and gets the messages of the meantime when it joins again (fault 27)", async () => {
  const [tab, kept] = await openTwice(`chat-room/${randomUUID()}`)
  const ada = kept.page.getByRole("region", { name: "First member" })
  const grace = tab.page.getByRole("region", { name: "Second member" })
  await ada.getByRole("button", { name: "Join" }).click()
  await ada.getByText("Ada joined", { exact: true }).waitFor()
  await grace.getByRole("button", { name: "Join" }).click()
  await ada.getByText("Grace joined", { exact: true }).waitFor()
  await tell(kept, "pagehide")
  await ada.getByText("Coming back…", { exact: true }).waitFor()
  await grace.getByLabel("Message").fill("meanwhile")
  await grace.getByRole("button", { name: "Say" }).click()
  await grace.locator("p.said").waitFor()
  await tell(kept, "pageshow")
  await ada.locator("p.said").getByText("meanwhile", { exact: true }).waitFor()
  expect(await grace.getByText("Ada left", { exact: true }).count()).toBe(0)
})

it("does not connect if it was not connected before (fault 27)", async () => {
  const tab = await open("echo")
  await tell(tab, "pagehide")
  await tell(tab, "pageshow")
  await tab.connect()
  await tab.button("Disconnect").click()
  await tab.entry("note", "Closed with 1005")
  await tell(tab, "pagehide")
  await tell(tab, "pageshow")
  await tab.send("the next one")
  await tab.entry("received", "the next one")
  const opened = (await tab.log()).filter((text) => text === "Open")
  expect(opened).toHaveLength(2)
  expect(await tab.log()).not.toContain("The page is back")
})

it("does not reconnect a connection that was closing (fault 27)", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.page.evaluate(`
    document.querySelector(".handler:not([hidden]) .disconnect button").click()
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }))
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }))
  `)
  await tab.page.getByText("Not connected", { exact: true }).filter({ visible: true }).waitFor()
  expect(await tab.log()).not.toContain("The page is back")
})

it("stays until the browser closes a page that it does not keep (fault 27)", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tell(tab, "pagehide", false)
  await tab.send("still here")
  await tab.entry("received", "still here")
  expect((await tab.log()).filter((text) => text === "Open")).toHaveLength(1)
})
