import { randomUUID } from "node:crypto"
import type { Locator } from "playwright-core"
import { expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { open, openNext, type Tab } from "../support/demo-page.ts"

const demo = { req: { url: inject("baseUrl") } }

/** One of the two panes. */
class Member {
  readonly pane: Locator

  constructor(
    readonly tab: Tab,
    which: "First" | "Second",
  ) {
    this.pane = tab.page.getByRole("region", { name: `${which} member`, exact: true })
  }

  button(name: "Join" | "Leave" | "Say"): Locator {
    return this.pane.getByRole("button", { name, exact: true })
  }

  field(name: "Name" | "Message"): Locator {
    return this.pane.getByLabel(name, { exact: true })
  }

  /** Joins under a name, and sees itself come in. */
  async join(name: string): Promise<void> {
    await this.field("Name").fill(name)
    await this.button("Join").click()
    await this.line("joined", `${name} joined`)
  }

  async say(text: string): Promise<void> {
    await this.field("Message").fill(text)
    await this.button("Say").click()
  }

  async leave(): Promise<void> {
    await this.button("Leave").click()
    await this.line("note", "Closed with 1000, no reason, clean")
  }

  async line(kind: "joined" | "left" | "note", text: string): Promise<void> {
    await this.pane.locator(`p.${kind}`).getByText(text, { exact: true }).waitFor()
  }

  /** The messages of the chat, as soon as there are so many. */
  async heard(count: number): Promise<string[]> {
    const lines = this.pane.locator("p.said")
    await lines.nth(count - 1).waitFor()
    return lines.evaluateAll<string[], Element>((all) =>
      all.map((line) => ["name", "content"].map((part) => line.querySelector(`.${part}`)?.textContent).join(": ")),
    )
  }
}

/** The panes of a tab, in a room. */
async function enter(tab: Tab, room: string): Promise<[Member, Member]> {
  await tab.field("Room").fill(room)
  return [new Member(tab, "First"), new Member(tab, "Second")]
}

it("lets two panes chat", async () => {
  const [ada, grace] = await enter(await open("chat-room"), randomUUID())
  await ada.join("Ada")
  await grace.join("Grace")
  await ada.line("joined", "Grace joined")
  await ada.say("Hello Grace")
  await grace.heard(1)
  await grace.say("Hello Ada")
  expect(await ada.heard(2)).toEqual(["Ada: Hello Grace", "Grace: Hello Ada"])
  expect(await grace.heard(2)).toEqual(["Ada: Hello Grace", "Grace: Hello Ada"])
  expect(await ada.pane.locator("p.said time").count()).toBe(2)
  expect(await ada.field("Message").inputValue()).toBe("")
  await grace.leave()
  await ada.line("left", "Grace left")
})

it("lets two tabs chat", async () => {
  const room = randomUUID()
  const [ada] = await enter(await open("chat-room"), room)
  const [grace] = await enter(await openNext("chat-room"), room)
  await ada.join("Ada")
  await grace.join("Grace")
  await ada.say("Hello Grace")
  expect(await grace.heard(1)).toEqual(["Ada: Hello Grace"])
  await grace.say("Hello Ada")
  expect(await ada.heard(2)).toEqual(["Ada: Hello Grace", "Grace: Hello Ada"])
  await grace.leave()
  await ada.line("left", "Grace left")
})

it("shows earlier messages once, for any number of joins", async () => {
  const [ada, grace] = await enter(await open("chat-room"), randomUUID())
  await ada.join("Ada")
  await ada.say("one")
  await ada.say("two")
  await ada.heard(2)
  await grace.join("Grace")
  expect(await grace.heard(2)).toEqual(["Ada: one", "Ada: two"])
  await ada.leave()
  await ada.join("Ada")
  await ada.say("three")
  expect(await ada.heard(3)).toEqual(["Ada: one", "Ada: two", "Ada: three"])
})

it("has one room for both members, which cannot be changed while one of them is in it", async () => {
  const tab = await open("chat-room")
  const [ada, grace] = await enter(tab, `${randomUUID()}/a room?`)
  await ada.join("Ada")
  expect(await tab.field("Room").isDisabled()).toBe(true)
  await grace.join("Grace")
  await ada.line("joined", "Grace joined")
  await ada.say("before")
  await grace.heard(1)
  await ada.leave()
  expect(await tab.field("Room").isDisabled()).toBe(true)
  await grace.leave()
  const other = randomUUID()
  await tab.field("Room").fill(other)
  await ada.join("Ada")
  await ada.line("note", `Connecting to ${routes.room.url(demo, { room: other, name: "Ada" })}`)
  await ada.say("after")
  expect(await ada.heard(1)).toEqual(["Ada: after"])
})

it("takes a name of 1 to 32 characters", async () => {
  const tab = await open("chat-room")
  const [ada] = await enter(tab, randomUUID())
  await ada.field("Name").fill("")
  await ada.button("Join").click()
  await tab.hasFocusOn("input[name=name]:invalid")
  await tab.page.keyboard.type("a".repeat(40))
  expect(await ada.field("Name").inputValue()).toBe("a".repeat(32))
  await ada.button("Join").click()
  await ada.line("joined", `${"a".repeat(32)} joined`)
})

it("takes a text of 1 to 2000 characters", async () => {
  const tab = await open("chat-room")
  const [ada] = await enter(tab, randomUUID())
  await ada.join("Ada")
  await ada.button("Say").click()
  await tab.hasFocusOn(".say input:invalid")
  await tab.page.keyboard.insertText("a".repeat(2001))
  await ada.button("Say").click()
  expect(await ada.heard(1)).toEqual([`Ada: ${"a".repeat(2000)}`])
})

it("can be used with the keyboard alone", async () => {
  const tab = await open("chat-room")
  const { keyboard } = tab.page
  const [ada, grace] = await enter(tab, randomUUID())
  await keyboard.press("Tab")
  await tab.hasFocusOn("[aria-labelledby=first] input[name=name]")
  await keyboard.press("Enter")
  await ada.line("joined", "Ada joined")
  await tab.hasFocusOn("[aria-labelledby=first] .say input")
  await keyboard.type("from the keyboard")
  await keyboard.press("Enter")
  expect(await ada.heard(1)).toEqual(["Ada: from the keyboard"])
  await keyboard.press("Tab")
  await keyboard.press("Tab")
  await tab.hasFocusOn("[aria-labelledby=second] input[name=name]")
  await keyboard.press("Enter")
  await grace.line("joined", "Grace joined")
  await tab.hasFocusOn("[aria-labelledby=second] .say input")
  await keyboard.press("Shift+Tab")
  await tab.hasFocusOn("[aria-labelledby=second] .log")
  await keyboard.press("Shift+Tab")
  await tab.hasFocusOn("[aria-labelledby=second] .leave")
  await keyboard.press("Enter")
  await ada.line("left", "Grace left")
  await tab.hasFocusOn("[aria-labelledby=second] .join .primary")
})

it("stays in the room while another handler is shown (fault 28)", async () => {
  const room = randomUUID()
  const tab = await open("chat-room")
  const [ada] = await enter(tab, room)
  const [grace] = await enter(await openNext("chat-room"), room)
  await ada.join("Ada")
  await tab.pick("echo")
  expect(await ada.pane.isHidden()).toBe(true)
  await grace.join("Grace")
  await grace.say("Still there?")
  await tab.pick("chat-room")
  expect(await ada.heard(1)).toEqual(["Grace: Still there?"])
  expect(await grace.pane.locator("p.left").count()).toBe(0)
})

it("joins with the first message (fault 28)", async () => {
  const [ada, grace] = await enter(await open("chat-room"), randomUUID())
  await ada.say("I am here")
  expect(await ada.heard(1)).toEqual(["Ada: I am here"])
  await grace.field("Name").fill("")
  await grace.say("Hello?")
  await grace.tab.hasFocusOn("input[name=name]:invalid")
  expect(await grace.field("Message").inputValue()).toBe("Hello?")
})

it("shows names and texts as text", async () => {
  const [ada] = await enter(await open("chat-room"), randomUUID())
  await ada.join("<b>Ada</b>&")
  await ada.say('<img src="https://example.com/">')
  expect(await ada.heard(1)).toEqual(['<b>Ada</b>&: <img src="https://example.com/">'])
})

it("shows messages by the numbers of the room, and the code and reason of the close", async () => {
  const tab = await open("chat-room")
  await tab.page.routeWebSocket(/\/rooms\//, (socket) => {
    const said = [2, 3, 1].map((seq) => ({ type: "said", name: "Grace", text: String(seq), seq, at: 0 }))
    // Playwright selects the subprotocol that is offered first, so these are frames of a session: see docs/wire.md.
    for (const frame of [[["hi", "a", 0, false, 1]], [0, ...said]]) socket.send(JSON.stringify(frame))
    void socket.close({ code: 1008, reason: "enough" })
  })
  await tab.page.reload()
  const [ada] = await enter(tab, randomUUID())
  await ada.button("Join").click()
  await ada.line("note", "Closed with 1008, reason “enough”, clean")
  expect(await ada.heard(3)).toEqual(["Grace: 1", "Grace: 2", "Grace: 3"])
})

it.each([
  ["below each other", 360, 640],
  ["side by side", 768, 700],
  ["side by side", 1279, 800],
  ["side by side", 1280, 800],
  ["side by side", 1281, 800],
  ["side by side", 1600, 900],
])("has its panes %s at %i × %i (fault 28)", async (how, width, height) => {
  const tab = await open("chat-room", { viewport: { width, height }, reducedMotion: "reduce" })
  const [ada, grace] = await enter(tab, randomUUID())
  await ada.join("W".repeat(32))
  await ada.say("long".repeat(100))
  await ada.heard(1)
  expect(await tab.overhang()).toBe(0)
  const [first, second] = await Promise.all([ada.pane.boundingBox(), grace.pane.boundingBox()])
  const isBelow = first && second && second.y >= first.y + first.height
  expect(isBelow).toBe(how === "below each other")
})
