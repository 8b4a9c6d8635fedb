import { Batches, BatchSocket } from "../socket/batch.ts"
import type { Data } from "../socket/codec.ts"
import type { Socket } from "../socket/connection.ts"
import { log } from "../stream/logger.ts"
import type { ObjectSocket } from "./sockets/object-socket.ts"

/** Something that leaves the object. */
interface Held {
  send(): void
  /** The actor or the channel that has sent it, if any. */
  readonly sender: object | undefined
}

/**
 * Holds what an event sends until the event is saved. The runtime delays a frame until the writes are durable that were pending
 * when it was sent, but not those that come after it (measured: with slowed writes 11 of 11 answers left before the state that
 * they told of was stored). So everything is written first.
 */
export class Outbound {
  /** What is sent now is sent by this actor or channel. */
  sender: object | undefined
  private held: Held[] = []
  /** Sockets that looked slow because of what was held. */
  private waiting = new Set<HeldSocket>()
  private readonly batches = new Batches()
  /** Sessions with messages that this event has sent. */
  readonly sessions = new Set<{ discard(sender: object): void }>()
  private readonly sockets = new WeakMap<ObjectSocket, HeldSocket>()

  /** The socket through which an event sends. */
  socket(socket: ObjectSocket, isBatched: true | undefined): HeldSocket {
    const known = this.sockets.get(socket)
    if (known) return known
    const held = new HeldSocket(socket, this, isBatched && this.batches)
    this.sockets.set(socket, held)
    return held
  }

  hold(held: Held): void {
    this.held.push(held)
  }

  /** A socket is to be asked again how much it has buffered, when nothing is held. */
  askAgain(socket: HeldSocket): void {
    this.waiting.add(socket)
  }

  /** What is sent during `run` is sent by an actor or a channel; `undefined` for neither. */
  sentBy<T>(sender: object | undefined, run: () => T): T {
    const outer = this.sender
    this.sender = sender
    try {
      return run()
    } finally {
      this.sender = outer
    }
  }

  /** Runs an effect when the event is saved. */
  whenSaved(effect: () => void): void {
    this.held.push({ send: effect, sender: this.sender })
  }

  /** Drops what an actor or a channel has sent, or the frames for a socket. A close is never dropped. */
  discard(from: object): void {
    for (const session of this.sessions) session.discard(from)
    this.held = this.held.filter((held) => {
      const isKept = held.sender !== from && !(held instanceof HeldFrame && held.socket === from)
      if (!isKept && held instanceof HeldFrame) held.socket.drop(held.data)
      return isKept
    })
  }

  get isEmpty(): boolean {
    return this.held.length === 0
  }

  /** Sends everything, in order. What that leads to, such as the end of a flow whose socket is gone, is held again. */
  release(): void {
    const { held } = this
    this.held = []
    for (const one of held) {
      try {
        one.send()
      } catch (cause) {
        // The effects of other connections and actors come after it.
        log({ level: "error", event: "an effect failed after its event was saved", cause })
      }
    }
    this.batches.flush()
    const { waiting } = this
    if (waiting.size === 0) return
    this.waiting = new Set()
    for (const socket of waiting) socket.onReleased()
  }
}

/** A socket whose frames are held. */
export class HeldSocket implements Socket {
  /** A frame could not be sent: the author has closed the socket, or it is gone. */
  onError: () => void = () => {}
  /** What was held has been sent. */
  onReleased: () => void = () => {}
  private heldAmount = 0
  private readonly batching: BatchSocket | undefined

  constructor(
    private readonly socket: Socket,
    private readonly outbound: Outbound,
    batches: Batches | undefined,
  ) {
    if (!batches) return
    const send = (data: Data) => this.write(data)
    this.batching = new BatchSocket({ send, close: (...args) => socket.close(...args) }, batches)
  }

  /** With the held frames, so that what one event sends is bounded too. */
  get bufferedAmount(): number | undefined {
    const { bufferedAmount } = this.socket
    if (this.heldAmount === 0) return bufferedAmount
    this.outbound.askAgain(this)
    return this.heldAmount + (bufferedAmount ?? 0)
  }

  send(data: Data): void {
    this.heldAmount += data.length
    this.outbound.hold(new HeldFrame(this, data, this.outbound.sender))
  }

  close(code?: number, reason?: string): void {
    const socket = this.batching ?? this.socket
    this.outbound.hold({ send: () => socket.close(code, reason), sender: undefined })
  }

  drop(data: Data): void {
    this.heldAmount -= data.length
  }

  deliver(data: Data): void {
    this.drop(data)
    if (this.batching) this.batching.send(data)
    else this.write(data)
  }

  private write(data: Data): void {
    try {
      this.socket.send(data)
    } catch {
      this.onError()
    }
  }
}

class HeldFrame implements Held {
  constructor(
    readonly socket: HeldSocket,
    readonly data: Data,
    readonly sender: object | undefined,
  ) {}

  send(): void {
    this.socket.deliver(this.data)
  }
}
