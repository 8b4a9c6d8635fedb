import { readFile } from "node:fs/promises"
import { expect, it } from "vitest"
import { open, type Tab } from "../support/demo-page.ts"

/** The value of a property of the first element that a selector matches. */
function style(tab: Tab, selector: string, property: string): Promise<string> {
  return tab.page.evaluate<string>(
    `getComputedStyle(document.querySelector(${JSON.stringify(selector)}))["${property}"]`,
  )
}

/** Visible texts whose contrast with their background is less than WCAG 2.2 requires (1.4.3: 4.5 to 1). */
const faintTexts = `(() => {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number)
  const luminance = ([r, g, b]) =>
    0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255)
  const background = (element) => {
    for (let behind = element; behind; behind = behind.parentElement) {
      const color = rgb(getComputedStyle(behind).backgroundColor)
      if (color[3] !== 0) return color
    }
  }
  const contrast = (element, color) => {
    const [dark, light] = [rgb(color), background(element)].map(luminance).sort((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
  }
  const shown = Array.from(document.querySelectorAll("body *")).filter((element) => element.checkVisibility())
  const texts = shown.filter(({ childNodes }) =>
    Array.from(childNodes).some(({ nodeType, data }) => nodeType === 3 && data.trim()))
  const fields = shown.filter((element) => element.matches("input:not([type=radio], [type=checkbox])"))
  return [...texts, ...fields]
    .filter((element) => contrast(element, getComputedStyle(element).color) < 4.5)
    .concat(fields.filter((field) => contrast(field, getComputedStyle(field, "::placeholder").color) < 4.5))
    .map((element) => element.outerHTML.slice(0, 100))
})()`

it.each(["light", "dark"] as const)("has enough contrast, %s (fault 28)", async (colorScheme) => {
  const tab = await open("model", { colorScheme, reducedMotion: "reduce" })
  const faint = () => tab.page.evaluate<string[]>(faintTexts)
  await tab.page.locator("#files .string").first().waitFor()
  expect(await faint()).toEqual([])
  await tab.button('{"foo": "a text"}').click()
  await tab.entry("received", '{"bar":"a text"}')
  expect(await faint()).toEqual([])
  await tab.button('{"foo": 1}').click()
  await tab.entry("note", "Closed with 1003")
  expect(await faint()).toEqual([])
  await tab.pick("binary")
  await tab.button("Send").click()
  await tab.entry("received", "Grüße 👋")
  expect(await faint()).toEqual([])
  await tab.pick("chat-room")
  const member = tab.page.getByRole("region", { name: "First member" })
  await member.getByLabel("Message").fill("Hello")
  await member.getByRole("button", { name: "Say" }).click()
  await member.locator("p.said").waitFor()
  expect(await faint()).toEqual([])
})

it.each(["light", "dark"] as const)("has disabled fields that look disabled, %s (fault 28)", async (colorScheme) => {
  const tab = await open("stopwatch", { colorScheme, reducedMotion: "reduce" })
  const looks = (selector: string) =>
    Promise.all(["backgroundColor", "borderTopColor", "cursor"].map((property) => style(tab, selector, property)))
  const field = "[data-name=stopwatch] [name=segment]"
  const button = "[data-name=stopwatch] .disconnect button"
  const [enabled, off] = [await looks(field), await looks(button)]
  await tab.connect()
  expect(await looks(field)).toEqual(off)
  expect(await looks(button)).not.toEqual(off)
  expect(off[0]).not.toBe(enabled[0])
  expect(off[1]).not.toBe(enabled[1])
  expect(off[2]).toBe("not-allowed")
  await tab.button("Copy link").click({ trial: true })
})

it("has a focus ring in the list after a click and after an arrow key (fault 28)", async () => {
  const tab = await open("echo")
  const ring = async () => [
    await style(tab, "#picker label:has(:focus)", "outlineStyle"),
    await style(tab, "#picker label:has(:focus)", "outlineWidth"),
  ]
  // Chromium does not match :focus-visible after a click, as WebKit does not after an arrow key either.
  await tab.page.locator("#picker").getByText("hello", { exact: true }).click()
  await tab.shows("hello")
  expect(await tab.page.locator("#picker :focus-visible").count()).toBe(0)
  expect(await ring()).toEqual(["solid", "3px"])
  await tab.page.keyboard.press("ArrowDown")
  await tab.shows("greeting")
  expect(await ring()).toEqual(["solid", "3px"])
})

it("scrolls code inside its box, by keyboard, too (fault 28)", async () => {
  const tab = await open("stopwatch", { viewport: { width: 360, height: 640 } })
  const box = tab.page.getByRole("region", { name: "durable-objects/stopwatch.ts" })
  await box.waitFor()
  expect(await tab.overhang()).toBe(0)
  const lines = (await readFile("durable-objects/stopwatch.ts", "utf8")).split("\n").length - 1
  const size = await box.evaluate<number[], { scrollHeight: number; scrollWidth: number; clientWidth: number }>(
    ({ scrollHeight, scrollWidth, clientWidth }) => [scrollHeight, scrollWidth, clientWidth],
  )
  const [scrollHeight = 0, scrollWidth = 0, clientWidth = 0] = size
  expect(scrollWidth).toBeGreaterThan(clientWidth)
  // No line is broken.
  const lineHeight = Number.parseFloat(await style(tab, "#files pre", "lineHeight"))
  expect(Math.round((scrollHeight - 24) / lineHeight)).toBe(lines)
  await box.focus()
  await tab.page.keyboard.press("ArrowRight")
  await expect
    .poll(() => box.evaluate<number, { scrollLeft: number }>(({ scrollLeft }) => scrollLeft))
    .toBeGreaterThan(0)
})

it("copies code (fault 28)", async () => {
  const tab = await open("chat-room", { permissions: ["clipboard-read", "clipboard-write"] })
  for (const file of ["durable-objects/chat-room.ts", "src/examples/room.ts"]) {
    const button = tab.page.getByRole("button", { name: `Copy ${file}` })
    await button.click()
    await button.getByText("Copied").waitFor()
    await tab.page.getByRole("status").getByText("Copied").waitFor({ state: "attached" })
    expect(await tab.page.evaluate<string>("navigator.clipboard.readText()")).toBe(await readFile(file, "utf8"))
  }
})

it("copies code without the Clipboard API, which needs https (fault 28)", async () => {
  const tab = await open("echo", { permissions: ["clipboard-read"] })
  await tab.page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error())")
  const button = tab.page.getByRole("button", { name: "Copy src/examples/echo.ts" })
  await button.click()
  await button.getByText("Copied", { exact: true }).waitFor()
  expect(await tab.page.evaluate<string>("navigator.clipboard.readText()")).toBe(
    await readFile("src/examples/echo.ts", "utf8"),
  )
})

it("moves nothing when it connects, and when it closes (fault 28)", async () => {
  const tab = await open("stopwatch")
  await tab.page.locator("#files pre").first().waitFor()
  // Except the status, which has another text.
  const places = () =>
    tab.page.evaluate<string[]>(`
      Array.from(document.querySelectorAll("input, button, label, h2, h3, p:not(.log p, .status), .log, pre"))
        .filter((element) => element.checkVisibility())
        .map((element) => [element.outerHTML.slice(0, 50), element.getBoundingClientRect()])
        .map(([html, { x, y, width, height }]) => [html, x + scrollX, y + scrollY, width, height].join(" "))
    `)
  const before = await places()
  await tab.connect()
  expect(await places()).toEqual(before)
  await tab.button("Disconnect").click()
  await tab.entry("note", "Closed with 1005")
  expect(await places()).toEqual(before)
})
