import { describe, expect, inject, it } from "vitest"
import { Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

/** The limits for messages of a client, and the ends of clients that exceed them. */
describe.each(targets)("messages of a client on the $name target", ({ path }) => {
  const urlOf = (endpoint: string) => `${inject("contractUrl")}${path}/${endpoint}`

  const refused = [
    { row: 12, what: "bytes", endpoint: "text", code: 1003, reason: "This WebSocket only supports text frames" },
    { row: 13, what: "text", endpoint: "binary", code: 1003, reason: "This WebSocket only supports binary frames" },
    { row: 14, what: "text", endpoint: "json", code: 1003, reason: "Unable to parse json message" },
    { row: 14, what: "bytes", endpoint: "json", code: 1003, reason: "Unable to parse json message" },
    { row: 14, what: "text", endpoint: "model", code: 1003, reason: "Unable to parse json message" },
  ]

  it.each(refused)("row $row: $what on a $endpoint endpoint", async ({ what, endpoint, code, reason }) => {
    const observer = await Observer.start()
    const client = await RawClient.connect(observer.url(`${path}/${endpoint}`))
    const message = what === "text" ? frame.text("{not json") : frame.binary(0xff, 0x7b)
    client.send(message, message, frame.text("1"))
    expect(await client.next()).toEqual(frame.close(code, reason))
    expect(await client.send(frame.close(code)).rest()).toEqual([])
    expect(await observer.rest()).toEqual(["flow: completed"])
  })

  it("row 14: JSON in text and in binary frames is taken", async () => {
    const client = await connect(urlOf("json"))
    client.send('{"a":[1,null]}', Buffer.from('"é"'))
    expect(await client.take(2)).toEqual(['{"a":[1,null]}', '"é"'])
  })

  describe("row 15: JSON that the schema refuses", () => {
    it("closes with 1003 and the issues", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/model`))
      client.send('{"name":"Ada"}', '{"name":1}', '{"name":"too late"}')
      expect(await client.next()).toBe('{"name":"Ada"}')
      const { code, reason } = await client.closed
      expect(code).toBe(1003)
      expect(JSON.parse(reason)).toEqual([{ path: "name", message: expect.stringMatching(/^Invalid type: .* string/) }])
      expect(await observer.rest()).toEqual(['flow: {"name":"Ada"}', "flow: completed"])
    })

    it("cuts the issues to 123 bytes, between characters", async () => {
      const client = await RawClient.connect(urlOf("model"))
      client.send(frame.text('{"name":"Ada","address":{"city":1}}'))
      const { payload } = await client.next()
      expect(payload.subarray(2).toString()).toBe(`[{"path":"address.city","message":"${"東京".repeat(14)}東`)
    })
  })

  describe("row 16: a message that is too large", () => {
    const long = "x".repeat(1_048_576)

    it("closes with 1009 above 1 MiB by default", async () => {
      const client = await connect(urlOf("text"))
      expect(await client.send(long).next()).toBe(long)
      expect((await client.send(`${long}x`).closed).code).toBe(1009)
    })

    it("closes with 1009 above the endpoint's limit, counted in bytes", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/ten-bytes`))
      client.send("0123456789", "ééééé", "éééééé", "late")
      expect(await client.rest()).toEqual(["0123456789", "ééééé"])
      expect((await client.closed).code).toBe(1009)
      expect(await observer.rest()).toEqual(["flow: 0123456789", "flow: ééééé", "flow: completed"])
    })

    it("closes with 1009 on a binary endpoint too", async () => {
      const client = await connect(urlOf("ten-binary-bytes"))
      client.send(Buffer.alloc(10), Buffer.alloc(11))
      expect(await client.rest()).toEqual([Buffer.alloc(10)])
      expect((await client.closed).code).toBe(1009)
    })

    it("closes with 1009 although none of its fragments is", async () => {
      const client = await RawClient.connect(urlOf("ten-bytes"))
      client.send(frame.text("01234", { fin: false }), frame.continuation("56789"))
      expect(await client.next()).toEqual(frame.text("0123456789"))
      client.send(frame.text("01234", { fin: false }), frame.continuation("567890"))
      const { opcode, payload } = await client.next()
      expect([opcode, payload.readUInt16BE()]).toEqual([8, 1009])
    })
  })

  it("row 17: more messages than the endpoint takes in a second close with 1008", async () => {
    const observer = await Observer.start()
    const client = await RawClient.connect(observer.url(`${path}/two-a-second`))
    client.send(...["1", "2", "3", "4"].map((text) => frame.text(text)))
    expect(await client.take(2)).toEqual([frame.text("1"), frame.text("2")])
    expect((await client.next()).payload.readUInt16BE()).toBe(1008)
    expect(await client.send(frame.close(1008)).rest()).toEqual([])
    expect(await observer.rest()).toEqual(["flow: 1", "flow: 2", "flow: completed"])
  })

  describe("row 18: a full inbox", () => {
    const six = ["1", "2", "3", "4", "5", "6"]
    const arrivals = (messages: string[]) => messages.map((message) => `arrived: ${message}`)

    it("of the strategy fail closes with 1013", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/inbox`, { size: "2", overflow: "fail" }))
      client.send(...six)
      expect((await client.closed).code).toBe(1013)
      expect(await observer.rest()).toEqual(arrivals(six.slice(0, 4)))
    })

    it("row 39: closes with the endpoint's own code if it has one (fault 26)", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/inbox`, { size: "2", overloaded: "4013" }))
      expect(await client.send(...six).closed).toEqual({ code: 4013, reason: "The inbox is full" })
    })

    describe("by default", () => {
      // One is in the flow, the others wait.
      const messages = Array.from({ length: 1 + 256 }, (_, index) => String(index))

      it("is one of more than 256 messages", async () => {
        const observer = await Observer.start()
        const client = await connect(observer.url(`${path}/inbox`))
        client.send(...messages)
        expect(await observer.take(messages.length)).toEqual(arrivals(messages))
        await observer.openGate(path)
        expect(await client.take(messages.length)).toEqual(messages)
      })

      it("closes with 1013", async () => {
        const observer = await Observer.start()
        const client = await connect(observer.url(`${path}/inbox`))
        expect((await client.send(...messages, "one more").closed).code).toBe(1013)
      })
    })

    it.each([
      ["dropHead", ["1", "5", "6"]],
      ["dropTail", ["1", "2", "6"]],
      ["dropNew", ["1", "2", "3"]],
      ["dropBuffer", ["1", "6"]],
    ])("of the strategy %s stays open", async (overflow, kept) => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/inbox`, { size: "2", overflow }))
      client.send(...six)
      expect(await observer.take(six.length)).toEqual(six.map((message) => `arrived: ${message}`))
      await observer.openGate(path)
      expect(await client.take(kept.length)).toEqual(kept)
      expect(await client.send("after").next()).toBe("after")
    })
  })

  describe("row 30: bytes", () => {
    it.each(["binary", "messages"])("are bytes to a %s flow, and are sent back unchanged", async (endpoint) => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/${endpoint}`))
      expect(await client.send(Buffer.from([0, 1, 255])).next()).toEqual(Buffer.from([0, 1, 255]))
      expect(await client.send(Buffer.alloc(0)).next()).toEqual(Buffer.alloc(0))
      expect(await observer.next()).toContain("bytes 0,1,255")
    })
  })
})
