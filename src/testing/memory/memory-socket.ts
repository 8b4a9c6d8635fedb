import { isSendable } from "../../socket/close.ts"
import { closed, type Frame } from "../frame.ts"
import { deserialize, serialize } from "./attachment.ts"
import type { Disk } from "./disk.ts"

/** The longest reason of a close, in bytes of UTF-8. */
const longestReason = 123

/** A hibernatable socket of an object, and the frames that its client has received. */
export class MemorySocket {
  tags: string[] = []
  /** Whether the object has closed. */
  isClosed = false
  /** Whether the client has closed. */
  isPeerClosed = false
  autoResponseTimestamp: Date | null = null
  /** Delivers a frame to the client. Stores it until the client listens. */
  deliver: (frame: Frame) => void = (frame) => void this.frames.push(frame)
  private readonly frames: Frame[] = []
  private attachment: Uint8Array | null = null
  disk: Disk | undefined

  /** The frames that the client has received. The writes before them are durable. */
  get received(): Frame[] {
    this.disk?.flush()
    return this.frames
  }

  get readyState(): number {
    const { isClosed, isPeerClosed } = this
    if (isClosed && isPeerClosed) return WebSocket.CLOSED
    return isClosed || isPeerClosed ? WebSocket.CLOSING : WebSocket.OPEN
  }

  /** The runtime writes a frame without an event of the object. */
  receive(frame: Frame): void {
    this.frames.push(frame)
  }

  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.isClosed) throw new TypeError("Can't call WebSocket send() after close().")
    const frame = typeof data === "string" ? data : bytesOf(data)
    this.pass(() => this.deliver(frame))
  }

  close(code?: number, reason?: string): void {
    checkClose(code, reason)
    if (this.isClosed) return
    this.isClosed = true
    this.pass(() => this.deliver(closed(code, reason)))
  }

  serializeAttachment(attachment: unknown): void {
    this.attachment = serialize(attachment)
  }

  deserializeAttachment(): unknown {
    return this.attachment === null ? null : deserialize(this.attachment)
  }

  private pass(effect: () => void): void {
    if (this.disk) this.disk.gate.pass(effect)
    else effect()
  }
}

/** Throws for the codes and reasons that the runtime refuses. */
function checkClose(code: number | undefined, reason: string | undefined): void {
  if (code === undefined) {
    if (reason !== undefined)
      throw new TypeError("If you specify a WebSocket close reason, you must also specify a code.")
    return
  }
  const isTaken = isSendable(code) || (code > 1015 && code < 5000)
  if (!isTaken) throw new TypeError(`Invalid WebSocket close code: ${code}.`)
  if (reason !== undefined && new TextEncoder().encode(reason).byteLength > longestReason) {
    throw new TypeError(`WebSocket close reason must be no longer than ${longestReason} bytes.`)
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0))
  return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
}

/** `new WebSocketPair()`. The client's end only holds the object's end. */
export class MemoryPair {
  readonly 1 = new MemorySocket()
  readonly 0 = { server: this[1] }
}
