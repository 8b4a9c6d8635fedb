import { expectTransparentObject, MemoryObject } from "sluice/testing"
import { describe, expect, it } from "vitest"
import { ActorStopwatch } from "../../durable-objects/actor-stopwatch.ts"
import { ChatRoom } from "../../durable-objects/chat-room.ts"
import { Control } from "../../durable-objects/control.ts"
import { Stopwatch } from "../../durable-objects/stopwatch.ts"
import { chat } from "../../src/examples/chat.ts"
import { HubRoom } from "../../src/examples/hub-room.ts"

const names = [{ data: { name: "Ann" } }, { data: { name: "Bob" } }]

describe("clients cannot observe hibernation:", () => {
  it.each([
    { type: ChatRoom, input: [{ type: "say", text: "hi" }, "nonsense"], clients: names },
    { type: HubRoom, input: [{ type: "say", text: "hi" }, "nonsense"], clients: names },
    { type: Stopwatch, input: ["start", "stop", "reset"], clients: [{}, { data: { every: 5_000 } }] },
    { type: Stopwatch, input: ["start", "time"], clients: [{ data: { every: 60_000 } }] },
    { type: ActorStopwatch, input: ["start", "stop", "reset"], clients: [{}] },
    { type: Control, input: ["a", "b"], clients: [{}, {}] },
  ])("$type.name", async ({ type, input, clients }) => {
    await expectTransparentObject<object>(type, { input, clients, runs: 100, advance: [500, "1 second", "10 seconds"] })
  })
})

it("a message in the chat room costs no alarm, and as many rows after hibernation", async () => {
  const room = new MemoryObject(ChatRoom)
  const ann = await room.connect(chat, { name: "Ann" })
  room.resetCost()
  await ann.send({ type: "say", text: "hi" })
  await ann.expect({ type: "joined", name: "Ann" }, { type: "said", name: "Ann", text: "hi" })
  const { cost } = room
  expect(cost.alarms).toBe(0)
  await room.evict()
  room.resetCost()
  await ann.send({ type: "say", text: "ho" })
  expect(room.cost).toEqual(cost)
})
