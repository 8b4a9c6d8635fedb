import { describe, expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

const baseUrl = inject("baseUrl")
const demo = { req: { url: baseUrl } }

describe("/echo", () => {
  it("sends each message back", async () => {
    const client = await connect(routes.echo.url(demo))
    expect(await client.send("hi", "", "Füße 😀").take(3)).toEqual(["hi", "", "Füße 😀"])
    client.close(4000, "bye")
    expect(await client.closed).toEqual({ code: 4000, reason: "bye" })
  })

  it("sends the right frames on the wire", async () => {
    const client = await RawClient.connect(routes.echo.url(demo))
    expect(client.head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
    client.send(frame.text("one "), frame.text("two ", { fin: false }), frame.continuation("halves"), frame.close())
    expect(await client.rest()).toEqual([frame.text("one "), frame.text("two halves"), frame.close()])
  })
})

it("/hello greets", async () => {
  const client = await connect(routes.hello.url(demo))
  expect(await client.send("Ada", "Grace").take(2)).toEqual(["Hello Ada", "Hello Grace"])
})

describe("/binary", () => {
  it("sends each binary message back", async () => {
    const client = await connect(routes.binary.url(demo))
    expect(await client.send(Buffer.from([0, 128, 255])).next()).toEqual(Buffer.from([0, 128, 255]))
  })

  it("refuses text", async () => {
    const client = await connect(routes.binary.url(demo))
    expect(await client.send("hi").closed).toEqual({
      code: 1003,
      reason: "This WebSocket only supports binary frames",
    })
  })
})

describe("/json", () => {
  it("sends each JSON value back", async () => {
    const client = await connect(routes.json.url(demo))
    const values = ['{"a":[1,2,{"b":null}]}', '"text"', "3.5", "true", "null"]
    expect(await client.send(...values).take(values.length)).toEqual(values)
  })

  it("refuses a message that is not JSON", async () => {
    const client = await connect(routes.json.url(demo))
    expect(await client.send("{").closed).toEqual({ code: 1003, reason: "Unable to parse json message" })
  })
})

describe("/model", () => {
  it("turns a foo into a bar", async () => {
    const client = await connect(routes.model.url(demo))
    expect(await client.send('{"foo":"x"}').next()).toBe('{"bar":"x"}')
  })

  it("refuses other models with the issues", async () => {
    const client = await connect(routes.model.url(demo))
    const { code, reason } = await client.send('{"foo":1}').closed
    expect(code).toBe(1003)
    expect(JSON.parse(reason)).toEqual([{ path: "foo", message: "Invalid type: Expected string but received 1" }])
  })
})

describe("/close", () => {
  it.each([
    ["1000", 1000, ""],
    ["1001 back soon", 1001, "back soon"],
    ["4321 two  spaces", 4321, "two  spaces"],
    [`3000 ${"é".repeat(100)}`, 3000, "é".repeat(61)],
  ])("closes with the code and reason of the message: %s", async (message, code, reason) => {
    const client = await connect(routes.close.url(demo))
    expect(await client.send(message).closed).toEqual({ code, reason })
  })

  it.each(["", "hello", "1005", "1006 gone", "999 low", "5000 high", "2000", "10000", "1000reason"])(
    "closes with 1003 for '%s'",
    async (message) => {
      const client = await connect(routes.close.url(demo))
      expect((await client.send(message).closed).code).toBe(1003)
    },
  )

  it("closes once on the wire", async () => {
    const client = await RawClient.connect(routes.close.url(demo))
    client.send(frame.text("4000 bye"), frame.text("4001 again"))
    expect(await client.next()).toEqual(frame.close(4000, "bye"))
    expect(await client.send(frame.close(4000, "bye")).rest()).toEqual([])
  })
})

describe("/limits", () => {
  it("echoes", async () => {
    const client = await connect(routes.limits.url(demo))
    expect(await client.send("hi").next()).toBe("hi")
  })

  it("takes messages of 1 KiB, and closes with 1009 above it", async () => {
    const client = await connect(routes.limits.url(demo))
    const long = "é".repeat(512)
    expect(await client.send(long).next()).toBe(long)
    expect((await client.send(`${long}x`).closed).code).toBe(1009)
  })

  it("takes 20 messages at once, and closes with 1008 above it", async () => {
    const client = await RawClient.connect(routes.limits.url(demo))
    const messages = Array.from({ length: 20 }, (_, index) => frame.text(`${index}`))
    client.send(...messages, frame.text("one too many"))
    expect(await client.take(20)).toEqual(messages)
    expect((await client.next()).payload.readUInt16BE()).toBe(1008)
  })

  it("answers ping with pong, as often as it comes", async () => {
    const client = await connect(routes.limits.url(demo))
    const pings = Array.from({ length: 100 }, () => "ping")
    expect(await client.send(...pings).take(100)).toEqual(pings.map(() => "pong"))
    expect(await client.send("hi").next()).toBe("hi")
  })
})
