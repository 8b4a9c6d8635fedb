import { randomUUID } from "node:crypto"
import { expect, it } from "vitest"
import { tokensOf } from "../../durable-objects/made-up-model.ts"
import { open, type Tab } from "../support/demo-page.ts"

/** The seconds that a stopwatch has sent, as soon as it is so many. */
const seconds = async (tab: Tab, count: number) => (await tab.received(count)).map(Number)

it("gets the seconds of a stopwatch that it misses while its connection is cut", async () => {
  const tab = await open(`stopwatch/${randomUUID()}`)
  await tab.connect()
  await tab.send("start")
  await seconds(tab, 2)
  await tab.button("Cut for 3 seconds").click()
  await tab.entry("note", "The client comes back")
  await tab.entry("note", "Back, and nothing is lost")
  expect(await seconds(tab, 7)).toEqual([0, 1, 2, 3, 4, 5, 6])
})

it("begins a new session when the object of a stopwatch is evicted, which continues to count", async () => {
  const tab = await open(`stopwatch/${randomUUID()}`)
  await tab.connect()
  await tab.send("start")
  await seconds(tab, 2)
  await tab.button("Evict the object").click()
  await tab.entry("note", "Back. The server no longer had the session")
  const [, , third = 0, fourth] = await seconds(tab, 4)
  expect(third).toBeGreaterThanOrEqual(1)
  expect(fourth).toBe(third + 1)
})

it("misses no message in a chat whose members are cut off and whose room is evicted", async () => {
  const tab = await open(`chat-room/${randomUUID()}`)
  const [ada, grace] = ["First member", "Second member"].map((name) => tab.page.getByRole("region", { name }))
  if (!ada || !grace) throw new Error("The chat has two members")
  const say = async (text: string) => {
    await ada.getByLabel("Message").fill(text)
    await ada.getByRole("button", { name: "Say" }).click()
  }
  const heard = async (member: typeof ada, count: number) => {
    await member
      .locator("p.said")
      .nth(count - 1)
      .waitFor()
    return member.locator("p.said .content").allTextContents()
  }
  for (const member of [ada, grace]) {
    await member.getByRole("button", { name: "Join" }).click()
    await member.getByText("In the room", { exact: true }).waitFor()
  }
  await say("one")
  await heard(grace, 1)
  await tab.button("Cut for 3 seconds").click()
  await ada.getByText("Coming back…", { exact: true }).waitFor()
  await say("two")
  expect(await heard(grace, 2)).toEqual(["one", "two"])
  await tab.button("Evict the object").click()
  await grace.locator("p.note").filter({ hasText: "Back, and nothing is lost" }).nth(1).waitFor()
  await say("three")
  expect(await heard(grace, 3)).toEqual(["one", "two", "three"])
  expect(await heard(ada, 3)).toEqual(["one", "two", "three"])
  expect(await grace.locator("p.left").count()).toBe(0)
})

it("continues a model's answer after a reload and an eviction, and misses no token", async () => {
  const tab = await open("tokens")
  await tab.connect()
  await tab.send("What is a flow?")
  await tab.received(3)
  const countShown = `document.querySelectorAll(".handler:not([hidden]) p.received").length`
  await tab.page.evaluate(`addEventListener("pagehide", () => sessionStorage.setItem("shown", ${countShown}))`)
  await tab.page.reload()
  await tab.received(1)
  await tab.button("Evict the object").click()
  await tab.entry("received", "end.")
  const rest = await tab.page.getByRole("log").locator("p.received .content").allTextContents()
  const shown = Number(await tab.page.evaluate(`sessionStorage.getItem("shown")`))
  expect(rest).toEqual(tokensOf("What is a flow?").slice(shown))
})
