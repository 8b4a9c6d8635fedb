import { randomBytes } from "node:crypto"
import * as net from "node:net"
import { onTestFinished } from "vitest"

/** A frame as in RFC 6455 §5.2, without the mask. */
export interface Frame {
  fin: boolean
  opcode: number
  payload: Buffer
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 }

function make(opcode: number, payload: string | Uint8Array, fin = true): Frame {
  return { fin, opcode, payload: Buffer.from(payload) }
}

/** Frames to send, and to compare with. */
export const frame = {
  text: (text: string, { fin = true } = {}): Frame => make(opcodes.text, text, fin),
  continuation: (text: string, { fin = true } = {}): Frame => make(opcodes.continuation, text, fin),
  binary: (...bytes: number[]): Frame => make(opcodes.binary, Buffer.from(bytes)),
  ping: (text: string): Frame => make(opcodes.ping, text),
  pong: (text: string): Frame => make(opcodes.pong, text),
  close(code?: number, reason = ""): Frame {
    if (code === undefined) return make(opcodes.close, "")
    return make(opcodes.close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]))
  },
}

/** A WebSocket client that sends any frames and returns those on the wire. It lasts no longer than the test. */
export class RawClient {
  /** The first line and the headers of the answer. */
  head = ""
  private buffered = Buffer.alloc(0)
  private readonly chunks: AsyncIterator<Buffer>

  private constructor(readonly socket: net.Socket) {
    this.chunks = socket[Symbol.asyncIterator]()
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
    const { hostname, port, host, pathname, search } = new URL(url)
    const socket = net.connect(Number(port), hostname)
    onTestFinished(() => void socket.destroy())
    const client = new RawClient(socket)
    socket.write(
      [
        `GET ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        "\r\n",
      ].join("\r\n"),
    )
    const endOfHead = "\r\n\r\n"
    while (!client.buffered.includes(endOfHead)) {
      if (!(await client.read())) throw new Error("The connection ended instead of an answer")
    }
    client.head = client.cut(client.buffered.indexOf(endOfHead) + endOfHead.length).toString()
    if (!client.head.startsWith("HTTP/1.1 101 ")) throw new Error(`Not accepted: ${client.head}`)
    return client
  }

  /** Sends all of them in one go. */
  send(...frames: Frame[]): this {
    this.socket.write(Buffer.concat(frames.map(masked)))
    return this
  }

  /** The next frame; an error if the connection ends before there is one. */
  async next(): Promise<Frame> {
    const found = await this.find()
    if (found) return found
    throw new Error("The connection ended instead of a frame")
  }

  async take(count: number): Promise<Frame[]> {
    return Array.fromAsync({ length: count }, () => this.next())
  }

  /** All remaining frames, when the TCP connection has ended. */
  async rest(): Promise<Frame[]> {
    const frames: Frame[] = []
    for (let next = await this.find(); next; next = await this.find()) frames.push(next)
    return frames
  }

  private async find(): Promise<Frame | undefined> {
    if (!(await this.has(2))) return undefined
    const [first = 0, second = 0] = this.cut(2)
    const extra = second === 126 ? 2 : second === 127 ? 8 : 0
    await this.has(extra)
    const length = extra === 0 ? second : this.cut(extra).readUIntBE(Math.max(0, extra - 6), Math.min(extra, 6))
    await this.has(length)
    return { fin: first >= 0x80, opcode: first & 0x7f, payload: Buffer.from(this.cut(length)) }
  }

  private async has(length: number): Promise<boolean> {
    while (this.buffered.length < length) if (!(await this.read())) return false
    return true
  }

  private async read(): Promise<boolean> {
    const { value, done } = await this.chunks.next()
    if (!done) this.buffered = Buffer.concat([this.buffered, value])
    return !done
  }

  private cut(length: number): Buffer {
    const cut = this.buffered.subarray(0, length)
    this.buffered = this.buffered.subarray(length)
    return cut
  }
}

/** The frame on the wire, masked as from a client. */
export function masked({ fin, opcode, payload }: Frame): Buffer {
  const mask = randomBytes(4)
  const { length } = payload
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  head[0] = (fin ? 0x80 : 0) | opcode
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127)
  if (head.length > 2) head.writeUIntBE(length, head.length === 4 ? 2 : 4, head.length === 4 ? 2 : 6)
  // A loop, since `map` takes four times as long, and some tests send tens of megabytes.
  const bytes = Buffer.alloc(length)
  for (let index = 0; index < length; index++) bytes[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0)
  return Buffer.concat([head, mask, bytes])
}
