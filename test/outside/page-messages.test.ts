import { expect, it } from "vitest"
import { complaints, open, type Tab } from "../support/demo-page.ts"

it.each(["the button", "the Enter key"])("connects to send, with %s (fault 28)", async (how) => {
  const tab = await open("hello")
  await tab.field("Message").fill("World")
  if (how === "the button") await tab.button("Send").click()
  else await tab.field("Message").press("Enter")
  await tab.entry("received", "Hello World")
  expect(await tab.log()).toEqual([expect.stringMatching(/^Connecting to /), "Open", "World", "Hello World"])
})

it("sends all messages that waited for the connection, in order (fault 28)", async () => {
  const tab = await open("actor-stopwatch")
  await tab.page.evaluate(`
    for (const message of ["start", "stop", "reset"]) {
      document.querySelector(\`.handler:not([hidden]) [data-message=\${message}]\`).click()
    }
  `)
  await tab.entry("sent", "reset")
  const sent = await tab.page.getByRole("log").locator("p.sent .content").allTextContents()
  expect(sent).toEqual(["start", "stop", "reset"])
})

it("connects anew to send while a connection is closing (fault 28)", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.page.evaluate(`
    const view = document.querySelector(".handler:not([hidden])")
    view.querySelector(".disconnect button").click()
    view.querySelector(".send .primary").click()
  `)
  await tab.entry("received", "Hello!")
  expect((await tab.log()).filter((text) => text === "Open")).toHaveLength(2)
})

it("notes that a message was not sent (fault 28)", async () => {
  const tab = await open("private")
  await tab.button("Send").click()
  await tab.entry("note", "The message was not sent")
  // No script can prevent the browser's error message for a refused handshake.
  complaints.length = 0
})

it("does not connect to send if a field is invalid (fault 28)", async () => {
  const tab = await open("ticks")
  await tab.field("every, in milliseconds").fill("1")
  await tab.button("Send").click()
  await tab.hasFocusOn("[name=every]:invalid")
  expect(await tab.log()).toEqual([])
})

it.each([
  ["stopwatch", ["start", "stop", "reset"]],
  ["stopwatch-on-request", ["start", "stop", "reset", "time"]],
  ["actor-stopwatch", ["start", "stop", "reset"]],
  ["actor-stop", ["stop"]],
  ["limits", ["ping"]],
  ["tokens", ["What is a flow?", "And a token?"]],
  ["json", ['{"list": [1, true, null]}', "not JSON"]],
  ["model", ['{"foo": "a text"}', '{"foo": 1}']],
])("has a button for each command: %s (fault 28)", async (handler, commands) => {
  const tab = await open(handler)
  const buttons = tab.page.getByRole("group", { name: "Send" }).getByRole("button")
  expect(await buttons.allTextContents()).toEqual(commands)
  for (const command of commands) {
    await tab.button(command).click()
    await tab.entry("sent", command)
  }
})

it("runs a stopwatch with buttons alone (fault 28)", async () => {
  const tab = await open("stopwatch-on-request")
  await tab.button("time").click()
  expect(await tab.received(1)).toEqual(["0"])
  await tab.button("reset").click()
  await tab.button("time").click()
  expect(await tab.received(2)).toEqual(["0", "0"])
})

/** The meaning that the log shows below the last close. */
async function meaning(tab: Tab): Promise<string> {
  const last = tab.page.getByRole("log").locator("p.note").last()
  await last.getByText(/^Closed with /).waitFor()
  return (await last.locator(".meaning").textContent()) ?? ""
}

it("explains the codes that a server closes with (fault 28)", async () => {
  const tab = await open("close")
  const meanings: [code: number, meaning: RegExp][] = [
    [1000, /Normal/],
    [1001, /Going away/],
    [1002, /Protocol error/],
    [1003, /Unsupported data/],
    [1007, /not UTF-8/],
    [1008, /Policy/],
    [1009, /too big/],
    [1010, /extension/],
    [1011, /flow has failed/],
    [1012, /restart/],
    [1013, /Try again later/],
    [1014, /gateway/],
    [3000, /Registered/],
    [3999, /Registered/],
    [4000, /application/],
    [4999, /application/],
  ]
  for (const [code, text] of meanings) {
    await tab.send(`${code} why`)
    await tab.entry("note", `Closed with ${code}, reason “why”, clean`)
    expect(await meaning(tab)).toMatch(text)
  }
})

it("explains 1005, which is never sent (fault 28)", async () => {
  const tab = await open("echo")
  await tab.connect()
  await tab.button("Disconnect").click()
  expect(await meaning(tab)).toMatch(/No code: .* never sent/)
})

it("explains 1006, which a browser reports for a 403, too (fault 28)", async () => {
  const tab = await open("private")
  await tab.button("Connect").click()
  expect(await meaning(tab)).toMatch(/No Close frame: .*refused the upgrade, for example with 403/)
  complaints.length = 0
})

it("explains a close in the chat (fault 28)", async () => {
  const tab = await open("chat-room")
  const member = tab.page.getByRole("region", { name: "First member" })
  await member.getByRole("button", { name: "Join" }).click()
  await member.getByText("Ada joined").waitFor()
  await member.getByRole("button", { name: "Leave" }).click()
  await member
    .locator(".meaning")
    .getByText(/^Normal/)
    .waitFor()
})
