import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { ClientSession } from "../../src/session/client-session.ts"
import { encodeFrames } from "../../src/session/frame.ts"
import { decodeOffer } from "../../src/session/offer.ts"
import { newSnapshot } from "../../src/session/saved-session.ts"
import { ServerSession } from "../../src/session/server-session.ts"

const document = readFileSync("docs/wire.md", "utf8")

describe("docs/wire.md", () => {
  it("shows the frames of a client and a server", () => {
    const lines: string[] = []
    const client = new ClientSession("text")
    const server = new ServerSession(newSnapshot("0dQ2_w-xkZ8mQ1o5T3nJ9A"), { format: "text" })
    const connect = () => {
      const offer = client.offer()
      lines.push(`client  Sec-WebSocket-Protocol: ${offer.join(", ")}`)
      server.attach(decodeOffer(offer)?.received)
    }
    /** The server's frames, of which so many arrive. */
    const flush = (arriving: number) => {
      server.flush().frames.forEach((frame, index) => {
        lines.push(`server  ${frame}`)
        if (index < arriving) client.receive(frame)
      })
    }
    const send = (message: string, arriving: number) => {
      client.send(message)
      for (const frame of client.flush()) {
        lines.push(`client  ${frame}`)
        for (const text of server.receive(frame)) server.send(String(text))
      }
      flush(arriving)
    }
    connect()
    flush(1)
    send("a", 1)
    send("b", 0)
    server.detach(0)
    connect()
    flush(2)
    const [, shown = ""] = /## An example[\s\S]*?```text\n([\s\S]*?)```/.exec(document) ?? []
    const example = shown.split("\n").filter((line) => line !== "")
    expect(example.map((line) => line.replace(/ {4,}.*/, ""))).toEqual(lines)
    expect(client.end()).toEqual([])
  })

  it("shows a binary frame", () => {
    const [frame] = encodeFrames(3, [Uint8Array.of(0x0a, 0x0b), Uint8Array.of(0xff)], "text")
    const [, shown = ""] = /```text\n((?:[0-9a-f]{2}\s+)+)```/.exec(document) ?? []
    expect(shown.trim().split(/\s+/).join("")).toBe(Buffer.from(frame as Uint8Array).toString("hex"))
  })
})
