/** A text message or a binary message. */
export type Message = string | Uint8Array<ArrayBuffer>

/** Who is told what happens to a connection. */
export interface Listener {
  opened(subprotocol: string): void
  received(message: Message): void
  /** With what its close says. */
  closed(text: string): void
}

/** One WebSocket from the start of its handshake to its close. */
export class Connection {
  private readonly socket: WebSocket
  private readonly listening = new AbortController()
  private wasOpen = false

  constructor(url: string, subprotocols: string[], listener: Listener) {
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
    this.socket.addEventListener("close", (event) => listener.closed(closeText(event, this.wasOpen)), { signal })
  }

  send(message: Message): void {
    this.socket.send(message)
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason)
  }

  /** Closes; the listener is told nothing any more. */
  abandon(): void {
    this.listening.abort()
    this.close()
  }
}

function closeText({ code, reason, wasClean }: CloseEvent, wasOpen: boolean): string {
  const text = `Closed with ${code}, ${reason ? `reason “${reason}”` : "no reason"}, ${wasClean ? "clean" : "not clean"}`
  return wasOpen ? text : `${text}. The handshake failed or was refused`
}
