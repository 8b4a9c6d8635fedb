import { binary, text } from "sluice"
import type { TestObject } from "sluice/testing"
import { beforeEach, describe, expect, it, vi } from "vitest"
import type { Workbench } from "../support/durable-worker/workbench.ts"

/** Too large with any other value, so that the error of the runtime has the number of bytes. */
const padding = "x".repeat(20_000)

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

/** Values, and their bytes together with the padding in an attachment. */
const attachments: [name: string, value: unknown, bytes: number][] = [
  ["nothing", undefined, 20_026],
  ["null", null, 20_026],
  ["a number", 7, 20_027],
  ["a fraction", 0.5, 20_034],
  ["a text", "hello", 20_032],
  ["a text of two bytes a character", "жжж", 20_033],
  ["bytes", Uint8Array.of(1, 2, 3), 20_035],
  ["an object", { a: 1, b: [true, false] }, 20_043],
  ["a map", new Map([["a", 1]]), 20_033],
  ["a set", new Set([1, 2]), 20_032],
  ["a date", new Date(0), 20_034],
  ["a big integer", 12n, 20_035],
  ["an object in itself", cyclic, 20_036],
  ["an instance", new Point(1, 2), 20_038],
]

/** The part of the suite about sockets and their attachments. */
export function socketsConform(open: () => TestObject<Workbench>): void {
  describe("a socket", () => {
    let object: TestObject<Workbench>

    beforeEach(() => {
      object = open()
    })

    it("takes and sends text and bytes", async () => {
      const client = await object.connect(text)
      await client.send("a", "b")
      await client.expect("a", "b")
      const bytes = await object.connect(binary)
      await bytes.send(Uint8Array.of(1, 2))
      await bytes.expect(Uint8Array.of(1, 2))
      await client.expectNothing()
    })

    it("is closed by the object with a code and a reason", async () => {
      const client = await object.connect(text)
      await client.send("bye")
      await client.expectClosed(4000, "bye")
      const closed = () => object.inside((_, { storage }) => storage.kv.get("closed"))
      await vi.waitFor(async () => expect(await closed()).toEqual([4000, "bye", true]))
      expect(await object.inside((_, state) => state.getWebSockets())).toEqual([])
    })

    it("is answered when its client closes", async () => {
      const client = await object.connect(text)
      await client.close(4001, "enough")
      await client.expectClosed(4001, "enough")
      expect(await object.inside((_, { storage }) => storage.kv.get("closed"))).toEqual([4001, "enough", true])
    })

    it("gets nothing that its client sends after a close or a drop, as in a browser", async () => {
      const [closed, kicked, dropped] = [
        await object.connect(text),
        await object.connect(text),
        await object.connect(text),
      ]
      await closed.close(4001)
      await closed.send("late")
      await kicked.send("bye", "late")
      await dropped.drop()
      await dropped.send("late")
      expect([closed, kicked, dropped].map(({ received }) => received)).toEqual([
        [{ close: 4001, reason: "" }],
        [{ close: 4000, reason: "bye" }],
        [],
      ])
    })

    it("gets the drop of its connection", async () => {
      const client = await object.connect(text)
      await client.drop()
      expect(await object.inside((_, { storage }) => storage.kv.get("closed"))).toEqual([1006, "", false])
      await client.expectNothing()
      expect(await object.inside((_, state) => state.getWebSockets().length)).toBe(0)
    })

    it("is in the list of sockets, the newest first, and the oldest first by tag", async () => {
      for (const attachment of [1, 2]) {
        await object.connect(text)
        await object.inside((_, state) => state.getWebSockets()[0]?.serializeAttachment(attachment))
      }
      const [all, tagged, none] = await object.inside((_, state) =>
        [undefined, "all", "none"].map((tag) =>
          state.getWebSockets(tag).map((socket) => socket.deserializeAttachment()),
        ),
      )
      expect([all, tagged, none]).toEqual([[2, 1], [1, 2], []])
    })

    it("is its own when two connect at once", async () => {
      const [first, second] = await Promise.all([object.connect(text), object.connect(text)])
      await first.drop()
      await second.send("still here")
      await second.expect("still here")
    })

    it("throws for values that cannot be sent", async () => {
      await object.connect(text)
      const thrown = await object.inside((_, state) => {
        const [socket] = state.getWebSockets()
        const attempts = [
          () => socket?.close(999),
          () => socket?.close(1005),
          () => socket?.close(5000),
          () => socket?.close(4000, "é".repeat(62)),
          () => socket?.close(undefined, "why"),
          () => socket?.close(4000),
          () => socket?.send("late"),
          () => socket?.close(4001),
        ]
        return attempts.map((attempt) => {
          try {
            attempt()
            return "taken"
          } catch {
            return "thrown"
          }
        })
      })
      expect(thrown).toEqual(["thrown", "thrown", "thrown", "thrown", "thrown", "taken", "thrown", "taken"])
    })
  })

  describe("an attachment", () => {
    let object: TestObject<Workbench>

    beforeEach(() => {
      object = open()
    })

    const attach = (value: unknown) =>
      object.inside((_, state) => {
        const [socket] = state.getWebSockets()
        try {
          socket?.serializeAttachment(value)
          return "taken"
        } catch (error) {
          return String(error)
        }
      })
    const attached = () => object.inside((_, state) => state.getWebSockets()[0]?.deserializeAttachment())

    beforeEach(() => object.connect(text).then(() => {}))

    it("is null at first", async () => expect(await attached()).toBe(null))

    it("has at most 16,384 bytes", async () => {
      expect(await attach("x".repeat(16_379))).toBe("taken")
      expect(await attach("x".repeat(16_380))).toContain("'attachment' was 16385 bytes")
      expect(await attach("ж".repeat(8_189))).toBe("taken")
      expect(await attach("ж".repeat(8_190))).toContain("'attachment' was 1638")
    })

    it.each(attachments)("counts as many bytes as the runtime: %s", async (_, value, bytes) => {
      expect(await attach({ value, padding })).toContain(`'attachment' was ${bytes} bytes`)
    })

    it.each(attachments)("is restored: %s", async (_, value) => {
      expect(await attach(value)).toBe("taken")
      await object.evict()
      const back = await attached()
      if (value instanceof Point) expect([back, back instanceof Point]).toEqual([{ x: 1, y: 2 }, false])
      else expect(back).toEqual(value)
    })

    it("refuses functions", async () => expect(await attach(() => {})).toMatch(/DataCloneError/))
  })
}
