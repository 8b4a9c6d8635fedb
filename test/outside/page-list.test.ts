import { expect, inject, it } from "vitest"
import { open, openNext } from "../support/demo-page.ts"

it("explains a flow (fault 28)", async () => {
  const { page } = await open("echo")
  expect(await page.getByRole("banner").textContent()).toMatch(
    /A flow says what happens to the messages of a WebSocket/,
  )
})

it("groups the handlers (fault 28)", async () => {
  const { page } = await open("echo")
  const groups = await page
    .locator("#picker")
    .getByRole("group")
    .filter({ hasNot: page.getByRole("group") })
    .all()
  const contents = groups.map(async (group) => [
    await group.locator("span").textContent(),
    await group
      .getByRole("radio")
      .evaluateAll<string, { value: string }>((radios) => radios.map(({ value }) => value).join(" ")),
  ])
  expect(await Promise.all(contents)).toEqual([
    ["First steps", "echo hello greeting goodbye"],
    ["Messages", "binary json model"],
    ["Time and state", "ticks stopwatch stopwatch-on-request tokens"],
    ["Actors", "actor-echo actor-stopwatch actor-stop chat-room"],
    ["Handshake", "private items subprotocol handshake"],
    ["Closing and limits", "close control limits"],
  ])
})

it("keeps connections and logs while the arrow keys go through the list (fault 28)", async () => {
  const tab = await open("ticks")
  const opened = tab.page.waitForEvent("websocket")
  await tab.field("every, in milliseconds").fill("100")
  await tab.connect()
  const socket = await opened
  await tab.received(2)
  await tab.page.getByRole("radio", { name: "ticks" }).focus()
  for (const next of ["stopwatch", "stopwatch-on-request"]) {
    await tab.page.keyboard.press("ArrowDown")
    await tab.shows(next)
    expect(await tab.log()).toEqual([])
  }
  for (const next of ["stopwatch", "ticks"]) {
    await tab.page.keyboard.press("ArrowUp")
    await tab.shows(next)
  }
  expect(socket.isClosed()).toBe(false)
  expect((await tab.log())[1]).toBe("Open")
  await tab.received(7)
  expect((await tab.log()).filter((text) => text === "Open")).toHaveLength(1)
})

it("keeps typed texts (fault 28)", async () => {
  const tab = await open("echo")
  await tab.field("Message").fill("half a sen")
  await tab.pick("hello")
  await tab.pick("echo")
  expect(await tab.field("Message").inputValue()).toBe("half a sen")
})

it("marks the handlers that are connected", async () => {
  const tab = await open("echo")
  const echo = tab.page.getByRole("radio", { name: "echo", exact: true })
  expect(await echo.getAttribute("aria-description")).toBeNull()
  await tab.connect()
  expect(await echo.getAttribute("aria-description")).toBe("connected")
  await tab.pick("hello")
  expect(await echo.getAttribute("aria-description")).toBe("connected")
  await tab.pick("echo")
  await tab.button("Disconnect").click()
  await tab.entry("note", "Closed with 1005")
  expect(await echo.getAttribute("aria-description")).toBeNull()
})

it("shows the last line of a log that has grown out of sight", async () => {
  const tab = await open("ticks")
  await tab.field("every, in milliseconds").fill("100")
  await tab.connect()
  await tab.pick("echo")
  const lines = tab.page.locator("[data-name=ticks] .log p.received")
  await lines.nth(20).waitFor({ state: "attached" })
  await tab.page.evaluate("document.querySelector('[data-name=ticks] .disconnect button').click()")
  await tab.page.locator("[data-name=ticks] .meaning").waitFor({ state: "attached" })
  await tab.pick("ticks")
  const log = tab.page.getByRole("log")
  await expect
    .poll(() =>
      log.evaluate<boolean, { scrollHeight: number; scrollTop: number; clientHeight: number }>(
        ({ scrollHeight, scrollTop, clientHeight }) => scrollTop > 0 && scrollHeight - scrollTop - clientHeight < 8,
      ),
    )
    .toBe(true)
})

const id = /^[a-z2-9]{4}-[a-z2-9]{4}$/

it.each([
  ["stopwatch", "id"],
  ["stopwatch-on-request", "id"],
  ["control", "id"],
  ["chat-room", "Room"],
])("gives each visitor an id of their own: %s (fault 28)", async (handler, field) => {
  const tabs = [await open(handler), await openNext(handler)]
  const ids = await Promise.all(tabs.map((tab) => tab.field(field).inputValue()))
  for (const own of ids) expect(own).toMatch(id)
  expect(new Set(ids).size).toBe(2)
  expect(await Promise.all(tabs.map((tab) => tab.hash()))).toEqual(ids.map((own) => `#${handler}/${own}`))
})

it("keeps the id over a reload (fault 28)", async () => {
  const tab = await open("stopwatch")
  const hash = await tab.hash()
  await tab.page.reload()
  await tab.shows("stopwatch")
  expect(await tab.hash()).toBe(hash)
  expect(await tab.field("id").inputValue()).toBe(hash.slice("#stopwatch/".length))
})

it("shares a stopwatch by its link (fault 28)", async () => {
  const tab = await open("stopwatch")
  const opened = tab.page.context().waitForEvent("page")
  await tab.page.getByRole("link", { name: "Open in a second tab" }).filter({ visible: true }).click()
  const page = await opened
  await page.waitForLoadState()
  expect(new URL(page.url()).hash).toBe(await tab.hash())
  const other = await openNext((await tab.hash()).slice(1))
  await other.connect()
  await tab.button("start").click()
  expect(await other.received(1)).toEqual(["0"])
})

it("copies the link (fault 28)", async () => {
  const tab = await open("chat-room", { permissions: ["clipboard-read", "clipboard-write"] })
  await tab.button("Copy link").click()
  await tab.button("Copied").waitFor()
  expect(await tab.page.evaluate<string>("navigator.clipboard.readText()")).toBe(
    `${inject("baseUrl")}/${await tab.hash()}`,
  )
})

it("has the same stopwatch in both of its handlers (fault 28)", async () => {
  const tab = await open("stopwatch/the-same-one")
  await tab.pick("stopwatch-on-request")
  expect(await tab.hash()).toBe("#stopwatch-on-request/the-same-one")
})

it.each(["a b", "a/b?c#d", "50%", "Grüße 👋"])("takes any text for an id: %s (fault 28)", async (text) => {
  const tab = await open("control")
  await tab.field("id").fill(text)
  expect(await tab.hash()).toBe(`#control/${encodeURIComponent(text)}`)
  const other = await openNext((await tab.hash()).slice(1))
  expect(await other.field("id").inputValue()).toBe(text)
  await other.connect()
})

it.each([".", "..", ""])("does not take %j for an id, because it is no segment of a path", async (text) => {
  const tab = await open("control")
  await tab.field("id").fill(text)
  await tab.button("Connect").click()
  await tab.hasFocusOn("[name=segment]:invalid")
})

it.each(["stopwatch/%E0%A4%A", "stopwatch/"])("makes up an id for a broken link: %s", async (place) => {
  const tab = await open(place)
  expect(await tab.field("id").inputValue()).toMatch(id)
})

it("follows a link to another object", async () => {
  const tab = await open("control/one")
  await tab.connect()
  await tab.page.evaluate("location.hash = '#control/two'")
  await tab.entry("note", "Closed with 1005")
  expect(await tab.field("id").inputValue()).toBe("two")
  await tab.page.evaluate("location.hash = '#items/3'")
  await tab.shows("items")
  expect(await tab.field("id").inputValue()).toBe("3")
})
