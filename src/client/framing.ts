import type { ClientSession } from "../session/client-session.ts"
import type { TextFormat } from "../session/frame.ts"
import { awayCode, sessionProtocol, takenOver } from "../session/offer.ts"
import type { Data } from "../socket/codec.ts"
import { isCodec, type Speech } from "../socket/speech.ts"
import type { Outbox } from "./outbox.ts"
import { messageOf, validated } from "./speech.ts"

/** How messages go over a socket: each in a frame of its own, or in the frames of a session. */
export interface Framing {
  /** Whether messages may be sent over an open socket: in a session after the welcome. */
  readonly isReady: boolean
  /** The close code of a page that leaves its socket for a while. */
  readonly awayCode: number
  /** Returns a decoder for each message of a frame; `undefined` for an impossible frame. */
  receive(data: Data): readonly (() => unknown)[] | undefined
  /** Sends the messages that wait in the outbox. */
  flush(send: (data: Data) => void): void
}

/** The framing of a session, for the sockets whose server has selected it. */
export interface SessionFraming extends Framing {
  /** The subprotocols for the next socket. */
  offer(): string[]
  /** A socket is open. Returns whether its server has selected the session. */
  select(protocol: string | null): boolean
  /** A socket was closed with a code. */
  lose(code: number): void
}

/** The parts of a client that a framing uses. */
export interface Framed {
  readonly receives: Speech
  readonly sends: Speech
  readonly outbox: Outbox<unknown>
  /** Aborted when the client has ended. */
  readonly ended: AbortSignal
  /** The session is lost, and these messages may be lost with it. */
  resync(unconfirmed: unknown[]): void
}

/** The framing of the session that `makeSession` makes for the format of its texts. */
export function frameBySession(
  { receives, sends, outbox, resync }: Framed,
  makeSession: (format: TextFormat) => ClientSession,
): SessionFraming {
  const isJson = (speech: Speech) => !isCodec(speech) || speech.format === "json"
  const format = isJson(receives) && isJson(sends) ? "json" : "text"
  const session = makeSession(format)
  const lose = () => resync(outbox.reject(new Error("The session is lost")))
  /** The message that a frame carries: a JSON value where texts are JSON. */
  const decode = (carried: unknown) => {
    if (format === "text" || carried instanceof Uint8Array) return messageOf(sends, carried as Data)
    return isCodec(sends) ? sends.decode(JSON.stringify(carried)) : validated(sends, carried)
  }
  return {
    awayCode,
    get isReady() {
      return session.isOpen
    },
    offer: () => session.offer(),
    select(protocol) {
      if (protocol === sessionProtocol) return true
      // The endpoint has no sessions, so the messages of the earlier session are lost.
      if (session.end()) lose()
      return false
    },
    lose(code) {
      if (code === takenOver) session.abandon()
    },
    receive(data) {
      const arrival = session.receive(data)
      if (arrival?.resync) lose()
      outbox.confirm(arrival?.confirmed ?? 0)
      return arrival?.messages.map((carried) => () => decode(carried))
    },
    flush(send) {
      outbox.flush((data) => session.send(data))
      for (const frame of session.flush()) send(frame)
    },
  }
}
