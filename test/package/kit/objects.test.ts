import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { expectTransparentObject, link, MemoryObject } from "sluice/testing"
import { expect, it } from "vitest"
import { ChatRoom, chat } from "./chat-room.ts"

// #region room
it("numbers messages, through an eviction", async () => {
  const room = new MemoryObject(ChatRoom)
  const ann = await room.connect(chat, { name: "Ann" })
  const bob = await room.connect(chat, { name: "Bob" })
  await ann.send({ text: "hi" })
  await room.evict()
  await bob.send({ text: "ho" })
  await ann.expect({ seq: 1, text: "hi" }, { seq: 2, name: "Bob", text: "ho" })
  await bob.close(1000)
  await bob.expect({ seq: 1 }, { seq: 2 })
  await bob.expectClosed(1000)
})
// #endregion

// #region forced
it("loses its clients in a crash, and continues to count", async () => {
  const room = new MemoryObject(ChatRoom)
  const ann = await room.connect(chat, { name: "Ann" })
  await ann.send({ text: "hi" })
  await room.evict("forced")
  await ann.expect({ seq: 1 })
  await ann.expectClosed(1006)
  const again = await room.connect(chat, { name: "Ann" })
  await again.send({ text: "back" })
  await again.expect({ seq: 2 })
})
// #endregion

// #region resumed
it("sends a client its missed messages, after a crash too", async () => {
  const room = new MemoryObject(ChatRoom)
  const ann = await room.connect(chat, { name: "Ann" }, { resume: true })
  const bob = await room.connect(chat, { name: "Bob" })
  await ann.drop()
  await bob.send({ text: "hi" })
  await room.evict("forced")
  await ann.resumed()
  await ann.expect({ seq: 1, name: "Bob", text: "hi" })
})

it("begins a new session after the minute", async () => {
  const room = new MemoryObject(ChatRoom)
  const ann = await room.connect(chat, { name: "Ann" }, { resume: true })
  await ann.drop()
  await room.advance("2 minutes")
  await expect(ann.resumed()).rejects.toThrow("a new one")
})
// #endregion

// #region cost
it("writes a row for each message, and no alarm", async () => {
  const room = new MemoryObject(ChatRoom)
  const ann = await room.connect(chat, { name: "Ann" })
  room.resetCost()
  await ann.send({ text: "hi" })
  expect(room.cost).toEqual({ rowsWritten: 1, alarms: 0 })
})
// #endregion

// #region link
it("delivers late on a slow link, and nothing on a broken one", async () => {
  const room = new MemoryObject(ChatRoom)
  const slow = await room.connect(chat, { name: "Ann" }, { link: link({ delay: "1 second" }) })
  const broken = await room.connect(chat, { name: "Bob" }, { link: link({ lose: (frame) => frame === 2 }) })
  await slow.send({ text: "hi" })
  await slow.expectNothing()
  await room.advance("2 seconds")
  await slow.expect({ text: "hi" })
  await broken.expect({ text: "hi" })
  await broken.send({ text: "lost" })
  await broken.drop()
  await room.advance("2 seconds")
  await slow.expectNothing()
})
// #endregion

// #region transparent
it("hides its hibernation from clients", async () => {
  await expectTransparentObject(ChatRoom, {
    input: [{ text: "hi" }, { text: "ho" }, "nonsense"],
    clients: [{ data: { name: "Ann" } }, { data: { name: "Bob" } }],
  })
})
// #endregion

// #region field
class Counter extends FlowObject {
  private count = 0 // a field of the class: lost when the object sleeps

  protected accept() {
    return webSocket.endpoint(
      text,
      Flow.of<string>().map(() => `${++this.count}`),
    )
  }
}

it("finds a field of the object", async () => {
  await expect(expectTransparentObject(Counter)).rejects.toThrow(
    `Hibernation changes what clients see of Counter. The shortest script that shows it:

  send "a" → "1"
  (it sleeps)
  send "a" → awake "2"; after the sleep "1"`,
  )
})
// #endregion

// #region accept
class Greeter extends FlowObject {
  protected accept() {
    const joined = Date.now() // accept is called again after a sleep: it may depend on the info and on cells only
    return webSocket.endpoint(
      text,
      Flow.of<string>().map((message) => `${message} ${Date.now() - joined}`),
    )
  }
}

it("finds an accept that depends on more than the connection", async () => {
  await expect(expectTransparentObject(Greeter)).rejects.toThrow("(it sleeps)")
})
// #endregion
