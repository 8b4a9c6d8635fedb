import { Batches, BatchSocket } from "../socket/batch.ts"
import type { Data } from "../socket/codec.ts"
import type { Socket } from "../socket/target.ts"
import type { Logger } from "../stream/logger.ts"
import type { ObjectSocket } from "./sockets/object-socket.ts"

/** An effect that leaves the object. */
interface HeldEffect {
  send(): void
  /** The actor or the channel that has caused it, if any. */
  readonly sender: object | undefined
}

/** A session with messages that this event has sent. */
interface PendingSession {
  discard(sender: object): void
  /** Sends elements of hubs. Called when the session need not be saved. */
  flushElements(): void
}

/**
 * Buffers the output of an event until the event is saved, so that everything is written first. The runtime delays a frame only until
 * the writes before it are durable, not the writes after it (measured: with slowed writes 11 of 11 answers left before the state
 * that they reported was stored).
 */
export class Outbound {
  /** The actor or channel that counts as the sender of the current output, if any. */
  sender: object | undefined
  /** Whether nothing is held, and no session has messages to send. */
  isEmpty = true
  /** Most events send one frame, which needs no array. */
  private first: HeldEffect | undefined
  private others: HeldEffect[] = []
  /** Whether the release may change the object. Most events send frames only, which does not. */
  mayChange = false
  /** Sockets whose buffered amount includes held frames, and is to be checked again after the release. */
  private toRecheck = new Set<HeldSocket>()
  private readonly batches = new Batches()
  /** Sessions that have sent messages in this event. */
  private sessions: PendingSession[] = []
  private readonly sockets = new WeakMap<ObjectSocket, HeldSocket>()

  constructor(private readonly log: Logger) {}

  /** The socket that holds its frames until the event is saved; one for each socket. */
  socket(socket: ObjectSocket, isBatched: true | undefined): HeldSocket {
    const known = this.sockets.get(socket)
    if (known) return known
    const held = new HeldSocket(socket, this, isBatched && this.batches)
    this.sockets.set(socket, held)
    return held
  }

  hold(held: HeldEffect): void {
    this.mayChange = true
    this.add(held)
  }

  holdFrame(socket: HeldSocket, data: Data): void {
    this.add(new HeldFrame(socket, data, this.sender))
  }

  /** Calls `onReleased` of a socket after the release, because its buffered amount is smaller then. */
  recheckLater(socket: HeldSocket): void {
    this.mayChange = true
    this.toRecheck.add(socket)
  }

  /** Makes an actor or a channel, or neither, the sender of everything that is sent during `run`. */
  withSender<T>(sender: object | undefined, run: () => T): T {
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
    this.hold({ send: effect, sender: this.sender })
  }

  /** Drops everything that an actor or a channel has sent, or the frames for a socket. A close is never dropped. */
  discard(from: object): void {
    for (const session of this.sessions) session.discard(from)
    const all = this.first ? [this.first, ...this.others] : []
    ;[this.first, ...this.others] = all.filter((held) => {
      const isKept = held.sender !== from && !(held instanceof HeldFrame && held.socket === from)
      if (!isKept && held instanceof HeldFrame) held.socket.drop(held.data)
      return isKept
    })
  }

  /** A session has sent its first message in this event. */
  addSession(session: PendingSession): void {
    this.isEmpty = false
    this.sessions.push(session)
  }

  /**
   * Sends everything, in order. The effects of sending, such as the end of a flow without a socket, are held again. Sessions that need not
   * be saved frame the elements of hubs first.
   *
   * @returns whether this may have changed the object, so that more is to be saved or sent
   */
  release(): boolean {
    if (this.sessions.length > 0) return this.flushSessions()
    const { first, others, mayChange } = this
    const hasOthers = others.length > 0
    this.first = undefined
    if (hasOthers) this.others = []
    this.isEmpty = true
    this.mayChange = false
    if (first) this.send(first)
    if (hasOthers) for (const held of others) this.send(held)
    this.batches.flush()
    if (!mayChange && !this.mayChange) return false
    this.recheck()
    return true
  }

  private add(held: HeldEffect): void {
    this.isEmpty = false
    if (this.first) this.others.push(held)
    else this.first = held
  }

  private flushSessions(): true {
    for (const session of this.sessions.splice(0)) session.flushElements()
    return true
  }

  private recheck(): void {
    const { toRecheck } = this
    if (toRecheck.size === 0) return
    this.toRecheck = new Set()
    for (const socket of toRecheck) socket.onReleased()
  }

  /** Logs an error, because the following effects belong to other connections and actors. */
  private send(held: HeldEffect): void {
    try {
      held.send()
    } catch (cause) {
      this.log({ level: "error", event: "an effect failed after its event was saved", cause })
    }
  }
}

/** A socket that holds its frames until the event is saved. */
export class HeldSocket implements Socket {
  /** A frame could not be sent, because the author has closed the socket or it has vanished. */
  onError: () => void = () => {}
  /** The held frames have been sent. */
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

  /** Includes the held frames, so that the output of a single event is bounded too. */
  get bufferedAmount(): number | undefined {
    const { bufferedAmount } = this.socket
    if (this.heldAmount === 0) return bufferedAmount
    this.outbound.recheckLater(this)
    return this.heldAmount + (bufferedAmount ?? 0)
  }

  send(data: Data): void {
    this.heldAmount += data.length
    this.outbound.holdFrame(this, data)
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
      this.outbound.mayChange = true
      this.onError()
    }
  }
}

class HeldFrame implements HeldEffect {
  constructor(
    readonly socket: HeldSocket,
    readonly data: Data,
    readonly sender: object | undefined,
  ) {}

  send(): void {
    this.socket.deliver(this.data)
  }
}
