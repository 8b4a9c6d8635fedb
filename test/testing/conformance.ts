import { text } from "sluice"
import type { TestObject } from "sluice/testing"
import { beforeEach, describe, expect, it } from "vitest"
import type { Workbench } from "../support/durable-worker/workbench.ts"
import { socketsConform } from "./socket-conformance.ts"
import { storageConforms } from "./storage-conformance.ts"

/** The behaviour that tests may rely on, in memory as in workerd: the one suite that both run. */
export function conforms(open: () => TestObject<Workbench>): void {
  socketsConform(open)
  storageConforms(open)

  describe("an eviction", () => {
    let object: TestObject<Workbench>

    beforeEach(() => {
      object = open()
    })

    it("drops fields, and keeps storage and sockets", async () => {
      const client = await object.connect(text)
      await object.inside((bench, state) => {
        bench.count = 7
        state.storage.kv.put("kept", true)
        state.getWebSockets()[0]?.serializeAttachment({ name: "Ann" })
      })
      await object.evict()
      const left = await object.inside(({ count }, state) => [
        count,
        state.storage.kv.get("kept"),
        state.getWebSockets().map((socket) => socket.deserializeAttachment()),
      ])
      expect(left).toEqual([0, true, [{ name: "Ann" }]])
      await client.send("still here")
      await client.expect("still here")
    })

    it("that is forced drops the sockets, too", async () => {
      const client = await object.connect(text)
      await object.inside((bench, { storage }) => {
        bench.count = 7
        storage.kv.put("kept", true)
      })
      await object.evict("forced")
      await client.expectClosed(1006)
      const left = await object.inside(({ count }, state) => [
        count,
        state.storage.kv.get("kept"),
        state.getWebSockets().length,
      ])
      expect(left).toEqual([0, true, 0])
    })
  })

  describe("the output gate", () => {
    let object: TestObject<Workbench>

    beforeEach(() => {
      object = open()
    })

    it("sends a frame after a write, once that is durable", async () => {
      const client = await object.connect(text)
      await object.inside((_, state) => {
        state.storage.kv.put("a", 1)
        state.getWebSockets()[0]?.send("written")
      })
      await client.expect("written")
    })

    it("sends no frame whose write has not become durable", async () => {
      const client = await object.connect(text)
      const run = object.inside((_, state) => {
        state.storage.kv.put("a", 1)
        state.getWebSockets()[0]?.send("written")
        state.abort("a crash")
      })
      await expect(run).rejects.toThrow()
      await client.expectClosed(1006)
      expect(await object.inside((_, { storage }) => storage.kv.get("a"))).toBe(undefined)
    })
  })
}
