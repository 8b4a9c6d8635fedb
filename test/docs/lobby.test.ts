import { afterEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { Lobby } from "./lobby.ts"

afterEach(() => void vi.useRealTimers())

it("a user is banned from all connections, and refused from then on", async () => {
  const object = new MemoryObject(Lobby)
  const ann = await object.connect({ user: "Ann" })
  const bob = [await object.connect({ user: "Bob" }), await object.connect({ user: "Bob" })]
  await object.evict()
  object.instance.ban("Bob")
  object.instance.announce("Bob is gone")
  expect(bob.map(({ received }) => received)).toEqual([[closed(4001, "Banned")], [closed(4001, "Banned")]])
  expect(ann.received).toEqual(["Bob is gone"])
  const refused = await object.connect({ user: "Bob" })
  object.send(ann, "hello")
  expect(ann.received).toEqual(["Bob is gone", "Ann: hello"])
  expect(refused.received).not.toContain("Ann: hello")
})

it("a full lobby refuses", async () => {
  const object = new MemoryObject(Lobby)
  const sockets = new Set()
  for (let count = 0; count < 102; count++) sockets.add(await object.connect({ user: `${count}` }))
  expect(sockets.size).toBe(100)
})
