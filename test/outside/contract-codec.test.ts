import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { logSoFar, Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

/** Frames that cannot be decoded, and elements that cannot be encoded. */
describe.each(targets)("codecs on the $name target", ({ path }) => {
  const urlOf = (endpoint: string) => `${inject("contractUrl")}${path}/${endpoint}?id=${randomUUID()}`

  describe("row 35: text with half a surrogate pair (fault 2)", () => {
    it("row 35: is sent with U+FFFD in its place, and the client stays connected", async () => {
      const client = await RawClient.connect(urlOf("halved"))
      client.send(frame.text("😀"), frame.text("a"))
      expect(await client.take(2)).toEqual([frame.text("\ufffd"), frame.text("a")])
    })

    it("row 35: is sent so in a close reason", async () => {
      const client = await RawClient.connect(urlOf("close-error"))
      // 123 bytes end in the middle of the emoji.
      client.send(frame.text(`4000 ${"x".repeat(121)}😀`))
      expect(await client.next()).toEqual(frame.close(4000, "x".repeat(121)))
    })

    it("row 35: is sent so as the answer to a keep-alive text", async () => {
      const client = await RawClient.connect(urlOf("halved"))
      expect(await client.send(frame.text("half?")).next()).toEqual(frame.text("\ufffd"))
    })

    it("row 35: is sent so in a batch", async () => {
      const client = await RawClient.connect(urlOf("halved-batch"), { "Sec-WebSocket-Protocol": "sluice.batch" })
      expect(await client.send(frame.text("😀")).next()).toEqual(frame.text('["\ufffd"]'))
    })
  })

  describe("row 36: a frame that the codec cannot decode, for any thrown value (fault I)", () => {
    it("row 36: closes with 1003, and the input stops", async () => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/throws-on-bad`))
      client.send(frame.text("good"), frame.text("bad"), frame.text("late"))
      expect(await client.take(2)).toEqual([frame.text("good"), frame.close(1003, "Unable to decode the message")])
      expect(await observer.rest()).toEqual(["flow: good", "flow: completed"])
    })

    it("row 36: is not logged: no client can fill the log", async () => {
      const word = randomUUID()
      const client = await connect(urlOf("throws-on-bad"))
      expect((await client.send(`bad ${word}`).closed).code).toBe(1003)
      expect(await logSoFar()).not.toMatch(new RegExp(`${word}|Undecodable`))
    })

    it("row 36: closes with 1003 for JSON that is nested too deep (fault 41)", async () => {
      const deep = "[".repeat(10_000) + "]".repeat(10_000)
      const client = await connect(urlOf("json"))
      expect(await client.send(deep).closed).toEqual({ code: 1003, reason: "A json message may be nested 64 deep" })
    })

    it.each(["\ufeff[1]", Buffer.from("\ufeff[1]")])(
      "row 14: is a byte order mark before JSON (fault 22): %o",
      async (mark) => {
        const client = await connect(urlOf("json"))
        expect(await client.send(mark).closed).toEqual({ code: 1003, reason: "Unable to parse json message" })
      },
    )
  })

  describe("row 37: an element that the codec cannot encode (faults 23 and I)", () => {
    it.each([
      ["sends-anything", '{"id":7}', "text sends strings, and the flow emitted a number \\(7\\): map it with String"],
      ["sends-anything", "{}", "text sends strings, and the flow emitted undefined: map it with String"],
      ["sends-promises", "a", "text sends strings, and the flow emitted a promise: wait for it with mapAsync"],
      ["sends-undefined", "1", "json sends JSON values, and the flow emitted undefined: send objects"],
      ["sends-maps", "1", "json sends JSON values, and the flow emitted an instance of Map at tags: map it"],
    ])(
      "row 37: %s closes with 1011, and the log names codec, element and remedy: %s",
      async (endpoint, message, report) => {
        const client = await connect(urlOf(endpoint))
        expect(await client.send(message).closed).toEqual({ code: 1011, reason: "" })
        expect(await logSoFar()).toMatch(new RegExp(`"route":"${path}/:name".*${report}`))
      },
    )
  })
})
