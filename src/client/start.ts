import type { CloseCode, Closes, FinalCode } from "../protocol/elements.ts"
import type { Speech } from "../socket/speech.ts"
import { truncateUtf8 } from "../socket/utf8.ts"
import { makeBackoff } from "./backoff.ts"
import type { Client, ClientEvents, Closed, Status } from "./client.ts"
import { runtimeClock } from "./clock.ts"
import type { Framing } from "./framing.ts"
import { makeListeners } from "./listeners.ts"
import { loopOver } from "./loop.ts"
import type { ConnectOptions, HeardSocket } from "./options.ts"
import { makeOutbox } from "./outbox.ts"
import { followPage } from "./page.ts"
import { frameOf, messageOf } from "./speech.ts"

/** The messages of a protocol in both directions, and its close codes. */
interface Spoken<Codes> {
  readonly receives: Speech
  readonly sends: Speech
  readonly closes: Codes
}

/** After these a new connection would end like the last one; 1005 is a close without a code. */
const finalCodes = [1000, 1003, 1005, 1008]
const isOpen = 1

/** Starts a client. `prepare` resolves with a function that makes a socket, which is called only if the attempt is still wanted. */
export function start<In, Out, Codes extends Closes>(
  { receives, sends, closes }: Spoken<Codes>,
  options: ConnectOptions,
  prepare: (offered?: string[]) => Promise<() => HeardSocket>,
): Client<In, Out, Codes> {
  type End = Closed<FinalCode<Codes>>
  const { clock = runtimeClock, random = Math.random, bufferSize = 1_000, handshakeTimeout = 10_000, resume } = options
  for (const [name, value] of Object.entries({ bufferSize, handshakeTimeout }))
    if (!(value >= 1)) throw new RangeError(`${name} must be at least 1, not ${value}`)
  const { on, emit } = makeListeners<ClientEvents<In, Out>>()
  let resolve = (_: End) => {}
  const closed = new Promise<End>((settle) => (resolve = settle))
  const outbox = makeOutbox<Out>(bufferSize)
  const ended = new AbortController()
  const plain: Framing = {
    isReady: true,
    awayCode: 1000,
    receive: (data) => [() => messageOf(sends, data)],
    flush(send) {
      outbox.flush(send)
      outbox.confirm()
    },
  }
  const resync = (unconfirmed: unknown[]) => emit("resync", { unconfirmed: unconfirmed as Out[] })
  const session = resume?.({ receives, sends, outbox, ended: ended.signal, resync })
  let framing = plain
  let status: Status = "connecting"
  let socket: HeardSocket | undefined
  /** The newest attempt to connect. Others make no socket. */
  let current: object | undefined
  let end: End | undefined
  let cancelTimeout = () => {}
  /** Ends the attempt to connect, which has no answer. */
  let giveUp = (_: unknown) => {}

  const change = (to: Status) => {
    cancelTimeout()
    if (status === to) return
    status = to
    emit("status", to)
  }
  const finish = (as: End) => {
    current = undefined
    ended.abort()
    outbox.close(new Error(`Closed: ${as.code}`))
    change("closed")
    resolve(as)
  }
  /** @param as the end of the client, where it is not the close that the server gets */
  const close = (code: CloseCode<Codes> = 1000, reason = "", as: End = { code, reason }) => {
    if (end) return
    // A socket throws for a longer reason, and for a code that it may not send. Then the client goes on.
    socket?.close(...((code === 1005 ? [] : [code, truncateUtf8(reason, 123)]) as [number, string]))
    end = as
    backoff.stop()
    if (!socket) finish(end)
  }
  const receive = (decode: () => unknown) => {
    if (end) return
    let message: In
    try {
      message = decode() as In
    } catch (error) {
      // The server has another version of the protocol, which a new connection would not change. A script cannot send 1003.
      return close(1000, "", { code: 1003, reason: `${error}` })
    }
    emit("message", message)
  }
  const flush = () => {
    if (socket?.readyState !== isOpen || !framing.isReady) return
    change("open")
    // A listener may have closed the client.
    if (!end) framing.flush((data) => socket?.send(data as string))
  }
  const use = (made: HeardSocket) => {
    let openedAt: number | undefined
    const lose = ({ code, reason, wasClean }: ClientEvents<In>["close"]) => {
      // `leave` or `drop` has given this socket up already.
      if (socket !== made) return
      socket = undefined
      session?.lose(code)
      if (finalCodes.includes(code) || code in closes) end ??= { code: code as FinalCode<Codes>, reason }
      if (!end) change("connecting")
      emit("close", { code, reason, wasClean })
      if (end) finish(end)
      else backoff.wait(openedAt)
    }
    // Does not wait for the close, because the server may not answer.
    giveUp = (error) => {
      emit("error", error)
      made.close()
      lose({ code: 1006, reason: (error as Error).message, wasClean: false })
    }
    socket = made
    made.binaryType = "arraybuffer"
    made.addEventListener("open", () => {
      if (socket !== made) return
      openedAt = clock.now()
      framing = session?.select(made.protocol) ? session : plain
      flush()
    })
    made.addEventListener("message", ({ data }: { data: string | ArrayBuffer }) => {
      if (socket !== made) return
      const decoders = framing.receive(typeof data === "string" ? data : new Uint8Array(data))
      if (!decoders) return giveUp(new Error("An impossible frame"))
      for (const decode of decoders) receive(decode)
      flush()
    })
    made.addEventListener("close", lose)
    // Without a listener the package ws throws. A close follows.
    made.addEventListener("error", () => {})
  }
  const connect = async () => {
    const attempt = {}
    current = attempt
    giveUp = (error) => {
      cancelTimeout()
      emit("error", error)
      // A listener may have closed the client.
      if (current === attempt) backoff.wait()
      current = undefined
    }
    cancelTimeout = clock.at(clock.now() + handshakeTimeout, () =>
      giveUp(new Error(`No handshake in ${handshakeTimeout} ms`)),
    )
    try {
      const makeSocket = await prepare(session?.offer())
      if (current === attempt) use(makeSocket())
    } catch (error) {
      if (current === attempt) giveUp(error)
    }
  }
  const backoff = makeBackoff(clock, random, connect)
  const leave = () => {
    if (end) return
    current = undefined
    backoff.pause()
    socket?.close(framing.awayCode, "The page was left")
    socket = undefined
    change("connecting")
  }
  followPage(backoff.skip, leave, ended.signal)
  void connect()

  return {
    closed,
    get status() {
      return status
    },
    get subprotocol() {
      return socket?.protocol ?? ""
    },
    on,
    send(message) {
      const sent = outbox.add(message, () => frameOf(receives, message))
      flush()
      return sent
    },
    close: (code, reason) => close(code, reason),
    [Symbol.asyncIterator]: () => loopOver((listener) => on("message", listener), closed, bufferSize),
  }
}
