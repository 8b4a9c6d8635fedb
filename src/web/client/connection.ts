import { type Client, connect } from "sluice/client"
import { type FrameCodec, protocol } from "sluice/protocol"
import { closeMeaning } from "./close-codes.ts"

/** A text message or a binary message. */
export type Message = string | Uint8Array<ArrayBuffer>

/** Where to connect, and the subprotocols to offer. */
export interface Target {
  url: string
  subprotocols?: string[]
}

/** What a connection reports. */
export interface ConnectionListener {
  opened(subprotocol: string): void
  received(message: Message): void
  /** With what its close says, and what the code means. */
  closed(text: string, meaning: string): void
}

/** Frames as they are, so that the page can send what a handler refuses. */
const frames: FrameCodec<Message, Message> = {
  name: "frames",
  decode: (data) => data as Message,
  encode: (message) => message,
}
const anyCode: Record<number, string> = {}

/** One WebSocket from the start of its handshake to its close: a client that does not connect again. */
export class Connection {
  private readonly client: Client<Message, Message, typeof anyCode>
  private wasOpen = false
  private closing = false

  constructor({ url, subprotocols }: Target, listener: ConnectionListener) {
    const { pathname, search } = new URL(url)
    const raw = protocol(`${pathname}${search}`, { receives: frames, sends: frames, closes: anyCode })
    this.client = connect(raw, {}, { base: url, subprotocols })
    this.client.on("status", (status) => {
      if (status !== "open" || this.closing) return
      this.wasOpen = true
      listener.opened(this.client.subprotocol)
    })
    this.client.on("message", (message) => {
      if (!this.closing) listener.received(message)
    })
    this.client.on("close", (close) => {
      this.closing = true
      this.client.close()
      listener.closed(closeText(close, this.wasOpen), closeMeaning(close.code))
    })
  }

  /** Whether a message that is sent now goes out. */
  get isOpen(): boolean {
    return this.client.status === "open" && !this.closing
  }

  /** Whether one side has begun to close it, or both are through. */
  get isClosing(): boolean {
    return this.closing
  }

  send(message: Message): void {
    void this.client.send(message)
  }

  close(code = 1005, reason?: string): void {
    this.closing = true
    this.client.close(code, reason)
  }

  /** Closes, and reports nothing from now on. A script cannot send 1001, which a browser sends for a page that is gone. */
  abandon(): void {
    this.close(1000, "The page was left")
  }
}

function closeText(
  { code, reason, wasClean }: { code: number; reason: string; wasClean: boolean },
  wasOpen: boolean,
): string {
  const text = `Closed with ${code}, ${reason ? `reason “${reason}”` : "no reason"}, ${wasClean ? "clean" : "not clean"}`
  return wasOpen ? text : `${text}. The handshake failed or was refused`
}
