import { type Client, connect, resume, resumeIn } from "sluice/client"
import { type FrameCodec, protocol } from "sluice/protocol"
import { closeMeaning } from "./close-codes.ts"
import { makeCuttable } from "./cuttable.ts"

/** A text message or a binary message. */
export type Message = string | Uint8Array<ArrayBuffer>

/** The address, the subprotocols to offer, and the format of texts if the connection outlives its socket. */
export interface Target {
  url: string
  subprotocols?: string[]
  resumes?: "text" | "json"
  /** Where `sessionStorage` keeps the session over a reload; left out for a session that ends with the page. */
  key?: string
}

/** The events of a connection. */
export interface ConnectionListener {
  opened(subprotocol: string): void
  received(message: Message): void
  /** Its socket is lost, and the client connects again. */
  lost(): void
  /** The close of that socket, and the meaning of its code; nothing when the page itself has closed it. */
  dropped(text: string, meaning: string): void
  /** The client has reconnected after `lost`; `isNew` if the server no longer had its session. */
  resumed(isNew: boolean): void
  /** With its close, and the meaning of the code. */
  closed(text: string, meaning: string): void
}

/** Frames unchanged, so that the page can also send messages that a handler refuses. */
const framesOf = (format?: "text" | "json"): FrameCodec<Message, Message> => ({
  name: "frames",
  format: format === "json" ? "json" : undefined,
  decode: (data) => data as Message,
  encode: (message) => message,
})
/** Whether the page before has kept a session for a connection. */
export const isKept = ({ key }: Target) => key !== undefined && sessionStorage.getItem(key) !== null

const anyCode: Record<number, string> = {}

/** One connection from the start of its handshake to its close. Where it resumes, several sockets carry it one after the other. */
export class Connection {
  readonly resumes: boolean
  private readonly client: Client<Message, Message, typeof anyCode>
  private readonly sockets = makeCuttable()
  private readonly listener: ConnectionListener
  private wasOpen = false
  private isNew = false
  private closing = false
  private hasEnded = false

  constructor({ url, subprotocols, resumes, key }: Target, listener: ConnectionListener) {
    this.resumes = resumes !== undefined
    this.listener = listener
    const { pathname, search } = new URL(url)
    const frames = framesOf(resumes)
    const raw = protocol(`${pathname}${search}`, { receives: frames, sends: frames, closes: anyCode })
    const { WebSocket, online } = this.sockets
    const base = () => online().then(() => url)
    const resumption = key === undefined ? resume : resumeIn(sessionStorage, key)
    this.client = connect(raw, {}, { base, subprotocols, WebSocket, resume: resumes && resumption })
    this.listen()
  }

  /** Whether a message that is sent now goes out. */
  get isOpen(): boolean {
    return this.client.status === "open" && !this.closing
  }

  /** Whether one side has begun to close it, or it is closed. */
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

  /** Closes, and reports nothing from now on. A script cannot send 1001, which a browser sends for a closed page. */
  abandon(): void {
    this.close(1000, "The page was left")
  }

  /** Cuts the socket. For so many milliseconds no other can be made. */
  cut(duration: number): void {
    this.sockets.cut(duration)
  }

  private listen(): void {
    const { client, listener, resumes } = this
    client.on("status", (status) => {
      if (status === "open" && !this.closing) this.open()
      if (status === "connecting" && resumes) listener.lost()
      // There was no socket that could report a close.
      if (status === "closed" && resumes) this.end("Closed without a socket", "")
    })
    client.on("resync", () => (this.isNew = true))
    client.on("message", (message) => {
      if (!this.closing) listener.received(message)
    })
    client.on("close", (close) => {
      const [text, meaning] = [closeText(close, this.wasOpen), closeMeaning(close.code)]
      if (resumes && this.wasOpen && client.status === "connecting") listener.dropped(text, meaning)
      else this.end(text, meaning)
    })
  }

  private open(): void {
    if (this.wasOpen) this.listener.resumed(this.isNew)
    else this.listener.opened(this.client.subprotocol)
    this.wasOpen = true
    this.isNew = false
  }

  private end(text: string, meaning: string): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.closing = true
    this.client.close()
    this.listener.closed(text, meaning)
  }
}

function closeText(
  { code, reason, wasClean }: { code: number; reason: string; wasClean: boolean },
  wasOpen: boolean,
): string {
  const text = `Closed with ${code}, ${reason ? `reason “${reason}”` : "no reason"}, ${wasClean ? "clean" : "not clean"}`
  return wasOpen ? text : `${text}. The handshake failed or was refused`
}
