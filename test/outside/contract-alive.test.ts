import { setTimeout } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { connect, type WsClient } from "../support/ws-client.ts"

const idleFor = { code: 1001, reason: "Idle for too long" }

describe.each(targets)("keeping alive on the $name target", ({ path }) => {
  describe("row 26: the keep-alive text", () => {
    it("row 26: is answered, and the flow does not see it", async () => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/alive`))
      for (let n = 0; n < 3; n++) expect(await client.send(frame.text("ping")).next()).toEqual(frame.text("pong"))
      expect(await client.send(frame.text("hello")).next()).toEqual(frame.text("hello"))
      expect(await observer.rest()).toEqual(["flow: hello"])
    })

    it("row 26: is that exact text, and no similar one", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/alive`))
      const others = ["Ping", "ping ", "pong", "pingping", ""]
      expect(await client.send(...others).take(others.length)).toEqual(others)
      expect(await observer.rest()).toEqual(others.map((text) => `flow: ${text}`))
    })

    it("row 26: is none by default", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/text`))
      expect(await client.send("ping").next()).toBe("ping")
    })
  })

  describe("row 27: a client that exceeds its idle timeout", () => {
    it("row 27: is closed with 1001, and the flow sees the end of its input", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/idle`, { timeout: "300" }))
      expect(await client.closed).toEqual(idleFor)
      expect(await observer.rest()).toEqual(["flow: completed"])
    })

    it("row 27: stays while it sends messages, or the keep-alive text", async () => {
      const observer = await Observer.start()
      const open = () => connect(observer.url(`${path}/idle`, { timeout: "3000" }))
      const [talking, pinging] = [await open(), await open()]
      const keep = async (client: WsClient, text: string, answer: string) => {
        // Longer than the idle timeout in all, with pauses that are much shorter.
        for (let n = 0; n < 8; n++) {
          expect(await client.send(text).next()).toBe(answer)
          await setTimeout(600)
        }
        expect(await client.closed).toEqual(idleFor)
      }
      await Promise.all([keep(talking, "here", "here"), keep(pinging, "ping", "pong")])
      expect(await observer.rest()).toEqual([...Array(8).fill("flow: here"), "flow: completed", "flow: completed"])
    })

    it("row 27: is not kept by protocol pings", async () => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/idle`, { timeout: "300" }))
      client.send(frame.ping("still here"))
      expect(await client.take(2)).toEqual([frame.pong("still here"), frame.close(1001, idleFor.reason)])
    })

    it("row 27: stays open by default", async () => {
      const observer = await Observer.start()
      const [silent, idle] = [
        await connect(observer.url(`${path}/text`)),
        await connect(observer.url(`${path}/idle`, { timeout: "300" })),
      ]
      await idle.closed
      expect(await silent.send("still here").next()).toBe("still here")
    })
  })
})
