import { once } from "node:events"
import { connect, type Socket } from "node:net"

/** A client's text frame. Masking with zeros leaves the text unchanged: RFC 6455 §5.3. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new RangeError("A benchmark's messages are short")
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/** A client that does as little as possible, so that the server is measured: it sends frames and counts the received messages. */
export class Client {
  /** Called with the number of messages that have arrived. */
  onMessages: (count: number) => void = () => {}
  /** The first message: the welcome, where there is a session. */
  first = ""
  /** How many messages there are in a frame, by its size. */
  messagesIn: (size: number) => number = () => 1
  private readonly socket: Socket
  private rest: Buffer = Buffer.alloc(0)

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
  }

  static async open(
    port: number,
    path: string,
    subprotocol?: string,
    messagesIn?: (size: number) => number,
  ): Promise<Client> {
    const socket = connect(port, "127.0.0.1")
    const client = new Client(socket)
    if (messagesIn) client.messagesIn = messagesIn
    const protocol = subprotocol ? `Sec-WebSocket-Protocol: ${subprotocol}\r\n` : ""
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${protocol}\r\n`,
    )
    const [head]: Buffer[] = await once(socket, "data")
    const end = head?.indexOf("\r\n\r\n") ?? -1
    if (!head || end < 0 || !head.subarray(0, 12).equals(Buffer.from("HTTP/1.1 101"))) {
      throw new Error(`${path} was not accepted: ${head}`)
    }
    const early = client.read(head.subarray(end + 4))
    socket.on("data", (chunk) => client.onMessages(client.read(chunk)))
    if (early > 0) setImmediate(() => client.onMessages(early))
    return client
  }

  static async openAll(count: number, port: number, path: string, subprotocol?: string): Promise<Client[]> {
    const clients: Client[] = []
    while (clients.length < count) {
      const some = Array.from({ length: Math.min(50, count - clients.length) })
      clients.push(...(await Promise.all(some.map(() => Client.open(port, path, subprotocol)))))
    }
    return clients
  }

  send(frame: Buffer): void {
    this.socket.write(frame)
  }

  destroy(): void {
    this.socket.destroy()
  }

  private read(chunk: Buffer): number {
    const data = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk
    let [at, messages] = [0, 0]
    while (at + 2 <= data.length) {
      const short = data.readUInt8(at + 1)
      const header = short < 126 ? 2 : short === 126 ? 4 : 10
      if (at + header > data.length) break
      const size =
        short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))
      if (at + header + size > data.length) break
      if ((data.readUInt8(at) & 15) === 8) throw new Error(`Closed: ${data.subarray(at + 4, at + header + size)}`)
      if (this.first === "") this.first = data.toString("utf8", at + header, at + header + size)
      messages += this.messagesIn(size)
      at += header + size
    }
    this.rest = data.subarray(at)
    return messages
  }
}
