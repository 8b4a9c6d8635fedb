import type { CloseCode, Closes, FinalCode } from "../protocol/elements.ts"
import type { ClientSession } from "../session/client-session.ts"
import { awayCode, sessionProtocol, takenOver } from "../session/offer.ts"
import type { Data } from "../socket/codec.ts"
import type { Speech } from "../socket/speech.ts"
import { makeBackoff } from "./backoff.ts"
import type { Client, ClientEvents, Closed, Status } from "./client.ts"
import { runtimeClock } from "./clock.ts"
import { makeListeners } from "./listeners.ts"
import type { ConnectOptions, HeardSocket } from "./options.ts"
import { makeOutbox } from "./outbox.ts"
import { followPage } from "./page.ts"
import { formatOf, frameOf, messageIn, messageOf } from "./speech.ts"

/** Both ways of a protocol, and its close codes. */
interface Spoken<Codes> {
  readonly receives: Speech
  readonly sends: Speech
  readonly closes: Codes
}

/** After these a new connection would end like the last one; 1005 is a close without a code. */
const finalCodes = [1000, 1003, 1005, 1008]
const isOpen = 1

/** Starts a client, whose sockets `makeSocket` makes. */
export function start<In, Out, Codes extends Closes>(
  { receives, sends, closes }: Spoken<Codes>,
  { clock = runtimeClock, random = Math.random, bufferSize = 1_000, resume }: ConnectOptions,
  makeSocket: (offered: string[] | undefined) => Promise<HeardSocket>,
): Client<In, Out, Codes> {
  type End = Closed<FinalCode<Codes>>
  const { on, emit } = makeListeners<ClientEvents<In, Out>>()
  const { promise: closed, resolve } = Promise.withResolvers<End>()
  const outbox = makeOutbox<Out>(bufferSize)
  const format = formatOf(receives, sends)
  const ended = new AbortController()
  const session = resume?.(format, ended.signal)
  let status: Status = "connecting"
  let socket: HeardSocket | undefined
  /** The attempt to connect that counts. */
  let current: object | undefined
  let end: End | undefined

  const change = (to: Status) => {
    if (status === to) return
    status = to
    emit("status", to)
  }
  const finish = (as: End) => {
    current = undefined
    ended.abort()
    outbox.fail(new Error(`Closed: ${as.code}`))
    change("closed")
    resolve(as)
  }
  /** @param as how the client ends, where the server is told otherwise */
  const close = (code: CloseCode<Codes> = 1000, reason = "", as: End = { code, reason }) => {
    if (end) return
    end = as
    backoff.stop()
    if (socket) socket.close(...((code === 1005 ? [] : [code, reason]) as [number, string]))
    else finish(end)
  }
  const receive = (decode: () => unknown) => {
    let message: In
    try {
      message = decode() as In
    } catch (error) {
      // Another version of the protocol, which would not change with a new connection. A script cannot send 1003.
      return close(1000, "", { code: 1003, reason: `${error}` })
    }
    emit("message", message)
  }
  /** Whether a socket carries the session: the server may not resume connections. */
  const carries = (one: HeardSocket) => one.protocol === sessionProtocol
  const flush = () => {
    if (socket?.readyState !== isOpen) return
    const send = (data: Data) => socket?.send(data as string)
    if (!session || !carries(socket)) return outbox.flush(send, false)
    outbox.flush((data) => session.send(data), true)
    for (const frame of session.flush()) send(frame)
  }
  const resync = () => emit("resync", { unconfirmed: outbox.takeUnconfirmed() })
  /** A frame of the session; one that is impossible ends the socket, and the next one brings another session. */
  const arrive = (current: ClientSession, from: HeardSocket, data: Data) => {
    try {
      const arrival = current.receive(data)
      if (arrival.resync) resync()
      change("open")
      outbox.confirm(arrival.confirmed)
      for (const carried of arrival.messages) receive(() => messageIn(sends, format, carried))
      flush()
    } catch {
      from.close()
    }
  }
  const use = (made: HeardSocket) => {
    let openedAt: number | undefined
    socket = made
    made.binaryType = "arraybuffer"
    made.addEventListener("open", () => {
      openedAt = clock.now()
      if (session && carries(made)) return
      // An endpoint without sessions does not have the earlier messages of one.
      if (session?.end()) resync()
      change("open")
      flush()
    })
    made.addEventListener("message", ({ data: raw }: { data: string | ArrayBuffer }) => {
      const data = typeof raw === "string" ? raw : new Uint8Array(raw)
      if (session && carries(made)) arrive(session, made, data)
      else receive(() => messageOf(sends, data))
    })
    made.addEventListener("close", ({ code, reason, wasClean }: ClientEvents<In>["close"]) => {
      // The page was left with it.
      if (socket !== made) return
      socket = undefined
      const isTaken = session !== undefined && code === takenOver
      if (isTaken || finalCodes.includes(code) || code in closes) end ??= { code: code as FinalCode<Codes>, reason }
      if (!end) change("connecting")
      emit("close", { code, reason, wasClean })
      if (end) finish(end)
      else backoff.wait(openedAt)
    })
    // Without a listener the package ws throws. A close follows.
    made.addEventListener("error", () => {})
  }
  const connect = async () => {
    const attempt = {}
    let made: HeardSocket | undefined
    current = attempt
    try {
      made = await makeSocket(session?.offer())
    } catch (error) {
      emit("error", error)
    }
    if (current !== attempt) made?.close()
    else if (made) use(made)
    else backoff.wait()
  }
  const backoff = makeBackoff(clock, random, connect)
  const leave = () => {
    if (end) return
    current = undefined
    backoff.pause()
    socket?.close(session ? awayCode : 1000, "The page was left")
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
    async *[Symbol.asyncIterator]() {
      const queue: In[] = []
      let wake = () => {}
      const off = on("message", (message) => {
        queue.push(message)
        wake()
      })
      void closed.then(() => wake())
      try {
        for (;;) {
          if (queue.length > bufferSize) throw new RangeError(`${bufferSize} messages wait already`)
          yield* queue.splice(0)
          if (queue.length > 0) continue
          if (status === "closed") return
          await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        off()
      }
    },
  }
}
