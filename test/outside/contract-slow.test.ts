import { randomBytes, randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { targets } from "../support/contract.ts"
import { type Frame, frame, RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

const KiB = 1024
const size = 64 * KiB
/** More bytes than the network takes while the client does not read. */
const count = 1_000

/** The number that a block begins with. The last frame is a close. */
const numberOf = ({ opcode, payload }: Frame) =>
  opcode === 2 ? payload.readUInt32BE() : `close ${payload.readUInt16BE()}`
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

/** Unread bytes are buffered, and above the mark the client is slow. */
describe.each(targets)("row 19: a slow reader on the $name target", ({ path }) => {
  function urlOf(
    endpoint: string,
    query: Record<string, string | number>,
  ): { url: string; askedFor(): Promise<number> } {
    const id = randomUUID()
    const words = Object.entries({ ...query, id }).map(([name, value]) => [name, String(value)])
    return {
      url: `${inject("contractUrl")}${path}/${endpoint}?${new URLSearchParams(words)}`,
      askedFor: async () => Number(await (await fetch(`${inject("contractUrl")}/asked-for?id=${id}`)).text()),
    }
  }

  it("row 19: stops the flow's demand, and gets everything in order when it reads again", async () => {
    const { url, askedFor } = urlOf("blocks", { count, size, maxBufferedAmount: 256 * KiB })
    const client = await RawClient.connect(url)
    // A flow without demand gets demand again only after the client has read.
    expect(await askedFor()).toBeLessThan(count)
    const frames = await client.take(count + 1)
    expect(frames.map(numberOf)).toEqual([...upTo(count), "close 1000"])
    expect(await askedFor()).toBe(count)
  })

  it("row 19: makes its own messages wait, and gets the answers in order when it reads again", async () => {
    const { url } = urlOf("slow-echo", { maxBufferedAmount: size })
    const client = await RawClient.connect(url)
    const messages = upTo(200).map((number) => {
      const payload = randomBytes(size)
      payload.writeUInt32BE(number)
      return { ...frame.binary(), payload }
    })
    client.send(...messages)
    const answers = await client.take(messages.length)
    expect(answers.map(numberOf)).toEqual(upTo(messages.length))
    expect(answers.every(({ payload }, index) => payload.equals(messages[index]?.payload ?? Buffer.alloc(0)))).toBe(
      true,
    )
  })

  describe("of the strategy", () => {
    /** The frames of a client that is sent more than it reads. */
    async function told(slowReader: string): Promise<{ blocks: unknown[]; close: Frame | undefined }> {
      const client = await RawClient.connect(
        urlOf("blocks", { count, size, maxBufferedAmount: 256 * KiB, slowReader }).url,
      )
      const frames: Frame[] = []
      do frames.push(await client.next())
      while (frames.at(-1)?.opcode !== 8)
      return { blocks: frames.slice(0, -1).map(numberOf), close: frames.at(-1) }
    }

    it("row 19: fail is closed with 1013 after the sent messages", async () => {
      const { blocks, close } = await told("fail")
      expect(close).toEqual(frame.close(1013, "Too slow"))
      expect(blocks).toEqual(upTo(blocks.length))
      expect(blocks.length).toBeLessThan(count)
    })

    it("row 19: dropNew loses the new messages", async () => {
      const { blocks, close } = await told("dropNew")
      expect(close).toEqual(frame.close(1000))
      expect(blocks).toEqual(upTo(blocks.length))
      expect(blocks.length).toBeLessThan(count)
    })

    it("row 19: dropHead loses the old messages, but not the last sixteen", async () => {
      const { blocks, close } = await told("dropHead")
      expect(close).toEqual(frame.close(1000))
      expect(blocks.slice(-16)).toEqual(upTo(count).slice(-16))
      expect(blocks.slice(0, -16)).toEqual(upTo(blocks.length - 16))
      expect(blocks.length).toBeLessThan(count)
    })

    it("row 19: backpressure loses no message", async () => {
      const { blocks, close } = await told("backpressure")
      expect(close).toEqual(frame.close(1000))
      expect(blocks).toEqual(upTo(count))
    })
  })

  it("row 19: affects no other client", async () => {
    const { url } = urlOf("blocks", { count, size, maxBufferedAmount: 256 * KiB })
    await RawClient.connect(url)
    const other = await connect(url.replace("/blocks?", "/text?"))
    expect(await other.send("hi").next()).toBe("hi")
  })
})

describe("row 19: a slow reader in a room on the Durable Object target", () => {
  it("row 19: delays no message to the others", async () => {
    const url = `${inject("contractUrl")}/object/room?maxBufferedAmount=${64 * KiB}&id=${randomUUID()}`
    const slow = await RawClient.connect(url)
    const [one, other] = [await connect(url), await connect(url)]
    // 32 MB that the slow reader does not read.
    const blocks = upTo(500).map(() => randomBytes(size))
    for (const block of blocks) {
      one.send(block)
      for (const client of [one, other]) expect(block.equals(Buffer.from(await client.next()))).toBe(true)
    }
    // It reads again before it would be closed.
    expect((await slow.next()).payload.equals(blocks[0] ?? Buffer.alloc(0))).toBe(true)
  })
})
