import { constants, deflateRawSync } from "node:zlib"
import { describe, expect, it } from "vitest"
import { claiming, odd, reserved, unmasked } from "../support/attacker.ts"
import { targets } from "../support/other-client.ts"
import { type Frame, frame, RawClient } from "../support/raw-client.ts"

const text = 1
const longest = 125
const tooLong = "x".repeat(longest + 1)

/** The close that the server sends, after any other frames. */
async function closeOf(client: RawClient): Promise<{ code: number; reason: string }> {
  for (;;) {
    const { opcode, payload } = await client.next()
    if (opcode === 8) return { code: payload.readUInt16BE(), reason: payload.subarray(2).toString() }
  }
}

/** Protocol errors by RFC 6455, for which the runtime closes with 1002. */
const protocolErrors: { what: string; frames: Frame[] }[] = [
  { what: "the bit of a compression that was not negotiated", frames: [odd(reserved.one | text, "hi")] },
  { what: "the second reserved bit", frames: [odd(reserved.two | text, "hi")] },
  { what: "the third reserved bit", frames: [odd(reserved.three | text, "hi")] },
  ...[3, 7, 11, 15].map((opcode) => ({
    what: `the reserved opcode ${opcode}`,
    frames: [odd(opcode, "hi")],
  })),
  { what: "a ping in fragments", frames: [odd(9, "hi", false)] },
  { what: "a close in fragments", frames: [odd(8, "", false)] },
  { what: "a continuation of nothing", frames: [frame.continuation("hi")] },
  { what: "a message within the fragments of another", frames: [frame.text("a", { fin: false }), frame.text("b")] },
]

/** Messages that are small while they are compressed. Made once for all targets: to compress 200 MiB takes seconds. */
const compressed = [
  { inflated: 20, by: "the endpoint" },
  { inflated: 200, by: "the runtime" },
].map(({ inflated, by }) => ({ inflated, by, payload: deflated(Buffer.alloc(inflated * 2 ** 20)) }))

describe.each(targets)("frames to $path", ({ open }) => {
  it.each(protocolErrors)("$what closes with 1002", async ({ frames }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(...frames)
    expect((await closeOf(offender)).code).toBe(1002)
    await other.check()
  })

  it("bytes that are no frame close with 1002", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.socket.write(Buffer.alloc(1000))
    expect((await closeOf(offender)).code).toBe(1002)
    await other.check()
  })

  it.each([33n * 2n ** 20n, 2n ** 50n, 2n ** 63n])("a frame that claims %d bytes closes with 1009", async (length) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.socket.write(claiming(length))
    expect((await closeOf(offender)).code).toBe(1009)
    await other.check()
  })

  it("fragments without an end close with 1009 when they are more than 32 MiB", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    const fragment = frame.continuation("x".repeat(2 ** 20), { fin: false })
    offender.send(frame.text("", { fin: false }), ...Array<Frame>(32).fill(fragment))
    // One byte more, and not a megabyte: unread bytes would reset the connection before the client has read the close.
    offender.send(frame.continuation("x", { fin: false }))
    expect((await closeOf(offender)).code).toBe(1009)
    await other.check()
  })

  it("fragments that stop delay no other client", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(frame.text("", { fin: false }), ...Array<Frame>(1000).fill(frame.continuation("x", { fin: false })))
    // The answer to a ping comes when all bytes before it have been read.
    offender.send(frame.ping("?"))
    expect(await pongOf(offender)).toBe("?")
    await other.check()
  })

  // RFC 6455 §5.1 requires 1002 for such a connection; workerd takes the frame.
  it("a frame without a mask is accepted", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.socket.write(unmasked(frame.ping("bare")))
    expect(await pongOf(offender)).toBe("bare")
    await other.check()
  })

  // RFC 6455 §5.5 allows 125 bytes; workerd takes more, and sends as many back.
  it("a ping that is too long is answered", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    expect(await pongOf(offender.send(frame.ping(tooLong)))).toBe(tooLong)
    await other.check()
  })

  it("a close that is too long ends the connection", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(frame.close(1000, tooLong))
    expect(await closeOf(offender)).toEqual({ code: 1000, reason: tooLong.slice(0, 123) })
    await offender.rest()
    await other.check()
  })

  // RFC 6455 §7.4 does not allow these codes in a frame, and §5.5.1 no single byte. The runtime does not tell 1005 from no code.
  it.each([
    ["the code 999", frame.close(999), frame.close(1002)],
    ["the code 1005", frame.close(1005), frame.close()],
    ["the code 1006", frame.close(1006), frame.close(1002)],
    ["the code 1015", frame.close(1015), frame.close(1002)],
    ["the code 65535", frame.close(65_535), frame.close(1002)],
    ["one byte", odd(8, [3]), frame.close()],
    ["a reason that is no UTF-8", odd(8, [3, 232, 255]), frame.close(1000, "\ufffd")],
  ])("a close with %s is answered, and ends the connection", async (_, close, answer) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    const frames = await offender.send(close).rest()
    expect(frames.filter(({ opcode }) => opcode === 8)).toEqual([answer])
    await other.check()
  })

  it("a payload that is not compressed as its frame says closes with 1002", async () => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url, { "Sec-WebSocket-Extensions": "permessage-deflate" })
    offender.send(odd(reserved.one | text, [0xff, 0xff, 0xff, 1, 2, 3]))
    expect((await closeOf(offender)).code).toBe(1002)
    await other.check()
  })

  it.each(compressed)("a few bytes that become $inflated MiB are refused with 1009 by $by", async ({ payload }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url, { "Sec-WebSocket-Extensions": "permessage-deflate" })
    offender.send(odd(reserved.one | text, payload))
    expect((await closeOf(offender)).code).toBe(1009)
    await other.check()
  })
})

// RFC 6455 §8.1 requires 1007. workerd replaces invalid bytes with U+FFFD, and a flow cannot detect that.
describe("text that is not UTF-8", () => {
  const invalid = [
    { what: "bytes that begin nothing", bytes: [0xff, 0xfe], read: "\ufffd\ufffd" },
    { what: "a character that is cut off", bytes: [0xe2, 0x82], read: "\ufffd" },
    { what: "a surrogate", bytes: [0xed, 0xa0, 0x80], read: "\ufffd\ufffd\ufffd" },
  ]

  it.each(targets.filter(({ path }) => path === "/echo" || path === "/limits"))(
    "$path gets U+FFFD",
    async ({ open }) => {
      const { url, other } = await open()
      const offender = await RawClient.connect(url)
      for (const { bytes, read } of invalid)
        expect(await offender.send(odd(text, bytes)).next()).toEqual(frame.text(read))
      await other.check()
    },
  )

  it.each(targets.filter(({ path }) => path === "/json" || path === "/model" || path === "/rooms"))(
    "is no JSON to $path, which closes with 1003",
    async ({ open }) => {
      const { url, other } = await open()
      const offender = await RawClient.connect(url)
      expect((await closeOf(offender.send(odd(text, [0xff])))).code).toBe(1003)
      await other.check()
    },
  )
})

async function pongOf(client: RawClient): Promise<string> {
  for (;;) {
    const { opcode, payload } = await client.next()
    if (opcode === 10) return payload.toString()
  }
}

/** As in RFC 7692 §7.2.1: without the empty block at the end. */
function deflated(bytes: Buffer): Buffer {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}
