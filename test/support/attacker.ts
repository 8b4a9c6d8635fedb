import { randomBytes } from "node:crypto"
import * as net from "node:net"
import { onTestFinished } from "vitest"
import type { Frame } from "./raw-client.ts"

/** The first byte of a frame beside its opcode: RFC 6455 §5.2. */
export const reserved = { one: 0x40, two: 0x20, three: 0x10 }

/** A frame of any opcode, reserved bits among it. */
export function odd(opcode: number, payload: string | readonly number[] | Uint8Array = "", fin = true): Frame {
  return { fin, opcode, payload: Buffer.from(payload) }
}

/** A short frame without a mask, which servers send and clients must not. */
export function unmasked({ fin, opcode, payload }: Frame): Buffer {
  return Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | opcode, payload.length]), payload])
}

/** The beginning of a binary frame that claims to have so many bytes. */
export function claiming(length: bigint): Buffer {
  const head = Buffer.alloc(14)
  head.writeUInt16BE(0x82ff)
  head.writeBigUInt64BE(length, 2)
  return head
}

/** The headers of an upgrade request that is valid except for `changes`; `null` leaves one out, a list repeats it. */
export function upgradeHead(
  url: string,
  changes: Record<string, string | string[] | null> = {},
  { method = "GET", version = "1.1" } = {},
): string {
  const { host, pathname, search } = new URL(url)
  const headers: typeof changes = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    ...changes,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}`))
  return [`${method} ${pathname}${search} HTTP/${version}`, ...lines, "\r\n"].join("\r\n")
}

/** A TCP connection to the server of an address, which lasts no longer than the test. */
export async function dialTcp(url: string): Promise<net.Socket> {
  const { hostname, port } = new URL(url)
  const socket = net.connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  // The server may cut the connection in the middle of a write.
  socket.on("error", () => {})
  await new Promise((resolve) => socket.once("connect", resolve))
  return socket
}

/** The status that the server answers these bytes with; 0 where it only hangs up. */
export async function statusOf(url: string, bytes: string): Promise<number> {
  const socket = await dialTcp(url)
  socket.write(bytes)
  let answer = ""
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    answer += chunk
    if (answer.includes("\r\n\r\n")) break
  }
  return Number(/^HTTP\/1\.[01] (\d{3}) /.exec(answer)?.[1] ?? 0)
}
