import { env } from "cloudflare:workers"
import { expectSleeps, WorkerdObject } from "sluice/testing/workerd"
import { expect, it } from "vitest"
import { type ChatRoom, chat } from "./chat-room.ts"

declare global {
  namespace Cloudflare {
    interface Env {
      CHAT_ROOM: DurableObjectNamespace<ChatRoom>
    }
  }
}

// #region room
it("numbers messages, in workerd", async () => {
  const room = new WorkerdObject(env.CHAT_ROOM)
  const ann = await room.connect(chat, { name: "Ann" })
  await ann.send({ text: "hi" })
  await room.evict()
  await ann.send({ text: "ho" })
  await ann.expect({ seq: 1, text: "hi" }, { seq: 2, text: "ho" })
  await room.evict("forced")
  await ann.expectClosed(1006)
})
// #endregion

// #region resumed
it("sends a client its missed messages, in workerd", async () => {
  const room = new WorkerdObject(env.CHAT_ROOM)
  const ann = await room.connect(chat, { name: "Ann" }, { resume: true })
  const bob = await room.connect(chat, { name: "Bob" })
  await ann.drop()
  await bob.send({ text: "hi" })
  await room.evict("forced")
  await ann.resumed()
  await ann.expect({ seq: 1, name: "Bob", text: "hi" })
})
// #endregion

// #region sleeps
it("may hibernate while its clients are silent", async () => {
  const room = new WorkerdObject(env.CHAT_ROOM)
  const ann = await room.connect(chat, { name: "Ann" })
  await ann.send({ text: "hi" })
  await expectSleeps(room.stub)
})

it("does not hibernate with a timer", async () => {
  const room = new WorkerdObject(env.CHAT_ROOM)
  const timer = await room.inside(() => setTimeout(() => {}, 60_000))
  await expect(expectSleeps(room.stub)).rejects.toThrow("a setTimeout of 60000 ms")
  await room.inside(() => clearTimeout(timer))
})

it("does not hibernate with a promise of waitUntil", async () => {
  const room = new WorkerdObject(env.CHAT_ROOM)
  await room.connect(chat, { name: "Ann" })
  const { promise, resolve } = await room.inside((_, state) => {
    const pending = Promise.withResolvers<void>()
    state.waitUntil(pending.promise)
    return pending
  })
  await expect(expectSleeps(room.stub)).rejects.toThrow("a promise of ctx.waitUntil")
  await room.inside(() => resolve())
  await promise
  await expectSleeps(room.stub)
})
// #endregion
