import { readFile } from "node:fs/promises"
import { expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { open } from "../support/demo-page.ts"

const baseUrl = inject("baseUrl")
const demo = { req: { url: baseUrl } }

it("has the headers that restrict it to its own origin", async () => {
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

it("has the addresses of the reverse router", async () => {
  const tab = await open("echo")
  const content = (handler: string) =>
    tab.page.locator(`meta[name="webSocketUrl"][data-handler="${handler}"]`).getAttribute("content")
  expect(await content("echo")).toBe(routes.echo.url(demo))
  expect(await content("items")).toBe(routes.items.url(demo, { id: 1 }))
  expect(await content("actor-echo")).toBe(routes.actorEcho.url(demo))
  expect(await content("chat-room")).toBe(routes.room.url(demo, { room: "lobby", name: "Ada" }))
})

it("can be used with the keyboard alone", async () => {
  const tab = await open("hello")
  await tab.page.keyboard.press("Tab")
  await tab.hasFocusOn("[value=hello]")
  await tab.page.keyboard.press("ArrowUp")
  await tab.page.getByRole("heading", { name: "echo", exact: true }).waitFor()
  await tab.page.keyboard.press("Tab")
  await tab.hasFocusOn(".connect .primary")
  await tab.page.keyboard.press("Enter")
  await tab.entry("note", "Open")
  await tab.hasFocusOn("[name=message]")
  await tab.page.keyboard.type("from the keyboard")
  await tab.page.keyboard.press("Enter")
  await tab.entry("sent", "from the keyboard")
  await tab.entry("received", "from the keyboard")
  await tab.page.keyboard.press("Tab")
  await tab.page.keyboard.press("Tab")
  await tab.hasFocusOn("[name=code]")
  await tab.page.keyboard.type("4001")
  await tab.page.keyboard.press("Tab")
  await tab.page.keyboard.type("enough")
  await tab.page.keyboard.press("Enter")
  await tab.entry("note", "Closed with 4001, reason “enough”, clean")
  await tab.hasFocusOn(".connect .primary")
})

it("starts with a message to try", async () => {
  const tab = await open("model")
  await tab.connect()
  await tab.button("Send").click()
  await tab.entry("received", '{"bar":"a text"}')
})

it("shows how the server closes", async () => {
  const tab = await open("goodbye")
  await tab.button("Connect").click()
  await tab.entry("received", "Hello!")
  await tab.entry("note", "Closed with 1000, no reason, clean")
  expect(await tab.button("Disconnect").isDisabled()).toBe(true)
  expect(await tab.button("Connect").isEnabled()).toBe(true)
})

it("closes without a code", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.button("Disconnect").click()
  await tab.entry("note", "Closed with 1005, no reason, clean")
})

it("sends only close codes that a browser may send", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.field("Close code").fill("1001")
  await tab.button("Disconnect").click()
  await tab.hasFocusOn("[name=code]:invalid")
  await tab.field("Close code").fill("")
  await tab.field("Reason").fill("ü".repeat(62))
  await tab.button("Disconnect").click()
  await tab.hasFocusOn("[name=reason]:invalid")
  await tab.field("Reason").fill("done")
  await tab.button("Disconnect").click()
  await tab.entry("note", "Closed with 1000, reason “done”, clean")
})

it("shows a message as text", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.send('<img src="https://example.com/"><b>')
  await tab.entry("received", '<img src="https://example.com/"><b>')
})

it("shows the code of every handler", async () => {
  const stopwatch = ["durable-objects/stopwatch.ts", "durable-objects/stopwatch-state.ts"]
  const actorStopwatch = ["durable-objects/actor-stopwatch.ts", "durable-objects/stopwatch-state.ts"]
  const chat = ["hub-room", "chat", "room"].map((name) => `src/examples/${name}.ts`)
  const filesOf: Record<string, string[]> = {
    stopwatch: [...stopwatch, "src/examples/stopwatch.ts"],
    "stopwatch-on-request": [...stopwatch, "src/examples/stopwatch-on-request.ts"],
    tokens: ["durable-objects/tokens.ts", "durable-objects/made-up-model.ts", "src/examples/tokens.ts"],
    "actor-stopwatch": [...actorStopwatch, "src/examples/actor-stopwatch.ts"],
    "chat-room": ["durable-objects/chat-room.ts", ...chat],
    control: ["durable-objects/control.ts", "src/examples/control.ts"],
    limits: ["durable-objects/limited.ts", "src/examples/limits.ts"],
  }
  const tab = await open("echo")
  const names = await tab.page
    .getByRole("radio")
    .evaluateAll<string[], { value: string }>((radios) => radios.map(({ value }) => value))
  for (const name of names) {
    await tab.pick(name)
    const files = filesOf[name] ?? [`src/examples/${name}.ts`]
    const code = await Promise.all(files.map((file) => readFile(file, "utf8")))
    await expect.poll(() => tab.page.locator("#files code").allTextContents()).toEqual(code)
    expect(await tab.page.locator("#files").getByRole("link").allTextContents()).toEqual(files)
  }
})

it("has a caption for a file with another way to do the same", async () => {
  const { page } = await open("chat-room")
  await page.getByRole("heading", { name: "src/examples/hub-room.ts: the same room with hubs", exact: true }).waitFor()
})

it.each(["echo", "chat-room"])("can be read aloud: %s", async (handler) => {
  const { page } = await open(handler)
  const values = (selector: string, value: string) =>
    page.evaluate<unknown[]>(`Array.from(document.querySelectorAll("${selector}"), (element) => ${value})`)
  expect(new Set(await values("input", "element.labels.length"))).toEqual(new Set([1]))
  expect(await values("button", "element.textContent.trim()")).not.toContain("")
  const ids = await values("[id]", "element.id")
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(
    expect.arrayContaining(await values("[aria-labelledby]", "element.getAttribute('aria-labelledby')")),
  )
  expect(new Set(await values("[role=log]", "element.ariaLive"))).toEqual(new Set(["polite"]))
  await page.locator("#files h3").first().waitFor()
  const levels = await page
    .getByRole("heading")
    .evaluateAll<string[], { tagName: string }>((headings) => headings.map(({ tagName }) => tagName))
  expect(levels.join(" ")).toMatch(/^H1 (H2( H3)+ ?)+$/)
})

it.each([
  [360, 640],
  [768, 700],
  [1280, 800],
  [1600, 900],
])("fits into %i × %i", async (width, height) => {
  const tab = await open("echo", { viewport: { width, height }, reducedMotion: "reduce" })
  await tab.connect()
  await tab.send("long".repeat(100))
  await tab.entry("received", "long".repeat(100))
  expect(await tab.overhang()).toBe(0)
  for (const radio of await tab.page.getByRole("radio").all()) {
    await radio.check()
    expect(await tab.overhang()).toBe(0)
  }
})

it.each([
  ["reduce", "none"],
  ["no-preference", "appear"],
] as const)("with the wish to %s motion animates: %s", async (reducedMotion, animation) => {
  const tab = await open("echo", { reducedMotion })
  await tab.connect()
  const name = await tab.page.evaluate<string>("getComputedStyle(document.querySelector('.log p')).animationName")
  expect(name).toBe(animation)
})
