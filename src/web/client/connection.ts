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

/** One WebSocket from the start of its handshake to its close. */
export class Connection {
  private readonly socket: WebSocket
  private readonly listening = new AbortController()
  private wasOpen = false

  constructor({ url, subprotocols }: Target, listener: ConnectionListener) {
    const { signal } = this.listening
    this.socket = new WebSocket(url, subprotocols)
    this.socket.binaryType = "arraybuffer"
    this.socket.addEventListener(
      "open",
      () => {
        this.wasOpen = true
        listener.opened(this.socket.protocol)
      },
      { signal },
    )
    this.socket.addEventListener(
      "message",
      ({ data }: MessageEvent<string | ArrayBuffer>) =>
        listener.received(typeof data === "string" ? data : new Uint8Array(data)),
      { signal },
    )
    this.socket.addEventListener(
      "close",
      (event) => listener.closed(closeText(event, this.wasOpen), closeMeaning(event.code)),
      { signal },
    )
  }

  /** Whether a message that is sent now goes out. */
  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN
  }

  /** Whether one side has begun to close it, or both have closed it. */
  get isClosing(): boolean {
    return this.socket.readyState > WebSocket.OPEN
  }

  send(message: Message): void {
    this.socket.send(message)
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason)
  }

  /** Closes, and reports nothing from now on. */
  abandon(): void {
    this.listening.abort()
    // A script cannot send 1001, which a browser sends when a page is left.
    this.close(1000, "The page was left")
  }
}

function closeText({ code, reason, wasClean }: CloseEvent, wasOpen: boolean): string {
  const text = `Closed with ${code}, ${reason ? `reason “${reason}”` : "no reason"}, ${wasClean ? "clean" : "not clean"}`
  return wasOpen ? text : `${text}. The handshake failed or was refused`
}
