import { describe, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { dial } from "../support/dialed-client.ts"

describe("two listeners of a client, of which the first closes it", () => {
  it("get each status in the same order", async () => {
    const { room, socket } = dial()
    const seen: string[][] = [[], []]
    room.on("status", (status) => {
      seen[0]?.push(status)
      if (status === "connecting") room.close()
    })
    room.on("status", (status) => seen[1]?.push(status))
    ;(await socket()).open().end(1006)
    await room.closed
    expect(seen[1]).toEqual(["open", "connecting", "closed"])
    expect(seen[0]).toEqual(seen[1])
  })
  it("get the close of the socket before the end", async () => {
    const { room, socket } = dial()
    const seen: string[] = []
    room.on("close", () => room.close())
    room.on("close", () => seen.push("close"))
    room.on("status", (status) => seen.push(status))
    ;(await socket()).open().end(1006)
    await room.closed
    expect(seen).toEqual(["open", "connecting", "close", "closed"])
  })
})

it("a listener that another one removes is not called", async () => {
  const { room, socket } = dial()
  const seen: unknown[] = []
  room.on("message", () => off())
  const off = room.on("message", (message) => seen.push(message))
  ;(await socket()).open().receive('{"at":1}')
  await settled()
  expect(seen).toEqual([])
})
