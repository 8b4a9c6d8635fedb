import type { Locator } from "playwright-core"
import type { ChannelObject } from "sluice/asyncapi"
import { expect, inject, it } from "vitest"
import { groups } from "../../src/web/handlers.ts"
import { open } from "../support/demo-page.ts"

const handlers = groups.flatMap((group) => group.handlers)

/** The channels of the demo's AsyncAPI document, by their addresses. */
async function documented(): Promise<Map<string, ChannelObject>> {
  const response = await fetch(new URL("/asyncapi.json", inject("baseUrl")))
  const { channels } = (await response.json()) as { channels: Record<string, ChannelObject> }
  return new Map(Object.values(channels).map((channel) => [channel.address, channel]))
}

/** The terms of a protocol on the page, with their descriptions. */
async function shown(protocol: Locator): Promise<(readonly [term: string, description: string])[]> {
  const [terms, descriptions] = [protocol.locator("dt"), protocol.locator("dd")]
  const texts = (await descriptions.allTextContents()).map((text) => text.replace(/\s+/g, " ").trim())
  return (await terms.allTextContents()).map((term, index) => [term, texts[index] ?? ""])
}

/** The expected terms and descriptions of a channel, in this order. */
function expected(channel: ChannelObject) {
  const { address, description, parameters = {}, bindings, messages, "x-close-codes": closes = {} } = channel
  const query = bindings.ws.query as { properties?: object } | undefined
  return [
    ["Address", address],
    ...Object.entries(parameters).map(([name, { description = "" }]) => [`Param ${name}`, description]),
    ...(query ? [["Query", JSON.stringify(query.properties)]] : []),
    ...Object.entries(messages).map(([key, message]) => [
      key.startsWith("receive-") ? "Receives" : "Sends",
      [
        message.contentType,
        JSON.stringify(message.payload),
        message.description,
        ...(message.examples ?? []).map(({ payload }) => `such as ${JSON.stringify(payload)}`),
      ]
        .filter(Boolean)
        .join(" "),
    ]),
    ...Object.entries(closes).map(([code, meaning]) => [`Closes with ${code}`, meaning]),
    ...(description ? [["Notes", description]] : []),
  ]
}

it("renders every address of the AsyncAPI document, with its messages and close codes", async () => {
  const { page } = await open("echo")
  await page.locator("summary").filter({ visible: true }).click()
  await page.getByRole("link", { name: "All addresses" }).filter({ visible: true }).click()
  const channels = await documented()
  const cards = page.locator("section.card")
  await cards.nth(channels.size - 1).waitFor()
  expect(await page.getByRole("heading", { level: 2 }).allTextContents()).toEqual([...channels.keys()])
  for (const [index, channel] of [...channels.values()].entries()) {
    const card = cards.nth(index)
    expect(await card.locator(".hint").textContent()).toBe(channel.summary)
    expect(await shown(card.locator(".protocol"))).toEqual(expected(channel))
  }
})

it("shows the protocol of each handler's address, beside the handler's code", async () => {
  const tab = await open("echo")
  const channels = await documented()
  for (const { name, protocol } of handlers) {
    await tab.pick(name)
    const panel = tab.page.locator(`[data-name="${name}"]`)
    await panel.getByText("Protocol", { exact: true }).click()
    await panel.locator(".protocol").waitFor()
    const channel = channels.get(protocol.path.replace(/:(\w+)/g, "{$1}"))
    expect(await shown(panel.locator(".protocol"))).toEqual(channel && expected(channel))
    const file = (await panel.getAttribute("data-files"))?.split(/[\n ]/)[0] ?? ""
    await tab.page
      .locator("#files")
      .getByText(file.split("/").at(-1) ?? "")
      .first()
      .waitFor()
  }
})
