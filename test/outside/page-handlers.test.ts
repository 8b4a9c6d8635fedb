import { randomUUID } from "node:crypto"
import { expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { complaints, open, openNext, type Tab } from "../support/demo-page.ts"

const demo = { req: { url: inject("baseUrl") } }

/** Opens the page twice, and connects both to an id of their own. */
async function openTwice(handler: string): Promise<[Tab, Tab]> {
  const tabs: [Tab, Tab] = [await open(handler), await openNext(handler)]
  const id = randomUUID()
  for (const tab of tabs) {
    await tab.field("id").fill(id)
    await tab.connect()
  }
  return tabs
}

it("sets and clears the cookie that the private handler needs", async () => {
  const tab = await open("private")
  const refused = tab.page.waitForEvent("console")
  await tab.button("Connect").click()
  await tab.entry("note", "Closed with 1006, no reason, not clean. The handshake failed or was refused")
  expect((await refused).text()).toContain("403")
  // No script can prevent the browser's error message for a refused handshake.
  complaints.length = 0

  await tab.button("Set cookie").click()
  await tab.page.getByText("The cookie is user=alice").waitFor()
  await tab.connect()
  await tab.send("in")
  await tab.entry("received", "in")
  await tab.button("Clear cookie").click()
  await tab.page.getByText("There is no cookie").waitFor()
})

it("sends and shows bytes", async () => {
  const tab = await open("binary")
  await tab.connect()
  await tab.send("ß!")
  await tab.entry("sent", "c3 9f 21")
  await tab.entry("received", "c3 9f 21ß!")
})

it("offers the subprotocols that are ticked", async () => {
  const tab = await open("subprotocol")
  await tab.field("chat.v2").uncheck()
  await tab.connect()
  await tab.entry("note", "Open, with the subprotocol chat.v1")
  await tab.send("hi")
  await tab.entry("received", "chat.v1: hi")
})

it("puts params into the address", async () => {
  const tab = await open("items")
  await tab.field("id").fill("3")
  await tab.page.getByText(routes.items.url(demo, { id: 3 }), { exact: true }).waitFor()
  await tab.connect()
  await tab.send("hi")
  await tab.entry("received", "item 3: hi")
})

it("puts the query into the address", async () => {
  const tab = await open("ticks")
  await tab.field("every, in milliseconds").fill("100")
  await tab.page.getByText(routes.ticks.url(demo, { every: 100 }), { exact: true }).waitFor()
  await tab.connect()
  expect(await tab.received(4)).toEqual(["tick", "tick", "tick", "tick"])
})

it("shares a stopwatch with another tab", async () => {
  const [tab, other] = await openTwice("stopwatch")
  await tab.send("start")
  const seconds = await tab.received(3)
  expect(new Set(seconds).size).toBe(3)
  expect(await other.received(3)).toEqual(seconds)
})

it("gets the time on request, and at its own interval", async () => {
  const tab = await open("stopwatch-on-request")
  const id = randomUUID()
  await tab.field("id").fill(id)
  await tab.field("every, in milliseconds").fill("100")
  await tab.page.getByText(routes.stopwatchOnRequest.url(demo, { id, every: 100 }), { exact: true }).waitFor()
  await tab.connect()
  await tab.send("time")
  expect(await tab.received(1)).toEqual(["0"])
  await tab.send("start")
  await tab.received(4)
})

it("gets the close of another tab", async () => {
  const [tab, other] = await openTwice("control")
  await other.field("Close code").fill("4001")
  await other.field("Reason").fill("enough")
  await other.button("Disconnect").click()
  expect(await tab.received(1)).toEqual(['{"left":{"code":4001,"reason":"enough"}}'])
})

it("closes when its tab is closed", async () => {
  const [tab, other] = await openTwice("control")
  await other.page.close()
  expect(await tab.received(1)).toEqual(['{"left":{"code":1001,"reason":""}}'])
})

it("exchanges messages with an actor", async () => {
  const tab = await open("actor-echo")
  await tab.connect()
  await tab.send("hi")
  expect(await tab.received(1)).toEqual(["I received your message: hi"])
})

it("has a stopwatch of its own, which is an actor", async () => {
  const tab = await open("actor-stopwatch")
  const other = await openNext("actor-stopwatch")
  await tab.connect()
  await other.connect()
  await tab.send("start")
  const [first, second] = await tab.received(2)
  expect(second).not.toBe(first)
  expect(await other.page.locator("p.received").count()).toBe(0)
  await other.send("start")
  await other.received(1)
})

it("stops an actor with a message, which closes", async () => {
  const tab = await open("actor-stop")
  await tab.connect()
  await tab.send("go on")
  expect(await tab.received(1)).toEqual(["go on"])
  await tab.send("stop")
  await tab.entry("note", "Closed with 1000, no reason, clean")
})
