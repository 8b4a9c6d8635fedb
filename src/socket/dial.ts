import { CloseCode, truncateReason } from "./close.ts"
import type { Data } from "./codec.ts"
import { toData } from "./worker-target.ts"

/** A value, or a function that is called for it before each connection, as for a token that expires. */
export type Fresh<T> = T | (() => T | Promise<T>)

/** The part of a WebSocket that an outgoing connection uses. */
export interface DialedSocket {
  binaryType: string
  readonly bufferedAmount?: number | undefined
  accept?(options?: { allowHalfOpen?: boolean }): void
  send(data: Data): void
  close(code?: number, reason?: string): void
  addEventListener(type: never, listener: never): void
}

/** A `DialedSocket` that takes listeners of any type. */
interface HeardSocket extends DialedSocket {
  addEventListener(type: string, listener: (event: never) => void): void
}

/** The `fetch` of a runtime, of a service binding or of a Durable Object's stub. */
export type UpgradeFetch = (
  url: string,
  init: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<{ readonly status: number; readonly webSocket?: DialedSocket | null }>

/** The URL of an upstream, the headers and subprotocols of the handshake, and the `fetch` that opens the socket. */
export interface Destination {
  url: Fresh<string | URL>
  headers?: Fresh<Record<string, string>>
  subprotocols?: readonly string[]
  fetch?: UpgradeFetch
}

/** The events of a dialed socket. They are dispatched in the same turn as the runtime's events, so that no message overtakes `onOpen`. */
export interface DialEvents {
  onOpen(socket: DialedSocket): void
  onMessage(data: Data): void
  onClose(code: number, reason: string, wasClean: boolean): void
  /** There is no connection. */
  onFailure(error: unknown): void
}

/**
 * Opens a socket: by `fetch` in a Worker, by `WebSocket` elsewhere.
 *
 * @returns stops the events. A socket that is not open yet is closed
 */
export function dial(destination: Destination, events: DialEvents): () => void {
  const controller = new AbortController()
  let isStopped = false
  let isOpen = false
  const unlessStopped = (handler: () => void) => {
    if (!isStopped) handler()
  }
  open(destination, controller.signal, {
    onOpen(socket) {
      isOpen = true
      if (isStopped) closeNow(socket, CloseCode.goingAway, "")
      else events.onOpen(socket)
    },
    onMessage: (data) => unlessStopped(() => events.onMessage(data)),
    onClose: (...close) => unlessStopped(() => events.onClose(...close)),
    onFailure: (error) => unlessStopped(() => events.onFailure(error)),
  }).catch((error) => unlessStopped(() => events.onFailure(error)))
  return () => {
    isStopped = true
    if (!isOpen) controller.abort()
  }
}

async function open(destination: Destination, signal: AbortSignal, events: DialEvents): Promise<void> {
  const { subprotocols = [], fetch = defaultFetch() } = destination
  const url = String(await fresh(destination.url))
  const headers = destination.headers && (await fresh(destination.headers))
  if (signal.aborted) return
  if (fetch) {
    const offered = subprotocols.length > 0 ? { "Sec-WebSocket-Protocol": subprotocols.join(", ") } : undefined
    const init = { headers: { ...headers, ...offered, Upgrade: "websocket" }, signal }
    const { status, webSocket: socket } = await fetch(url.replace(/^ws/, "http"), init)
    if (!socket) throw new Error(`${withoutQuery(url)} answered ${status}, and not 101`)
    listen(socket as HeardSocket, events)
    // Half open, so that the connection answers a close itself.
    socket.accept?.({ allowHalfOpen: true })
    events.onOpen(socket)
  } else {
    const protocols = [...subprotocols]
    const Socket = WebSocket as new (url: string, options: never) => HeardSocket
    const options = headers ? { protocols, headers } : protocols
    const socket = new Socket(url.replace(/^http/, "ws"), options as never)
    socket.addEventListener("open", () => events.onOpen(socket))
    listen(socket, events)
    signal.addEventListener("abort", () => socket.close())
  }
}

function listen(socket: HeardSocket, events: DialEvents): void {
  socket.binaryType = "arraybuffer"
  socket.addEventListener("message", ({ data }: { data: string | ArrayBuffer }) => events.onMessage(toData(data)))
  socket.addEventListener("close", ({ code, reason, wasClean }: CloseEvent) => events.onClose(code, reason, wasClean))
  socket.addEventListener("error", () => events.onClose(1006, "", false))
}

/** workerd opens outgoing sockets by `fetch`: its `WebSocket` sends no headers. */
function defaultFetch(): UpgradeFetch | undefined {
  return typeof WebSocketPair === "function" ? fetch : undefined
}

function fresh<T>(given: Fresh<T>): T | Promise<T> {
  return typeof given === "function" ? (given as () => T | Promise<T>)() : given
}

/** The URL without its query, because queries carry tokens, and errors are logged. */
function withoutQuery(url: string): string {
  return url.split("?", 1)[0] as string
}

/** Scripts of browsers and of Node may send 1000 and codes from 3000 on: others are sent as a close without a code. */
export function closeNow(socket: DialedSocket, code: number, reason: string): void {
  try {
    if (code === CloseCode.noStatus) socket.close()
    else socket.close(code, truncateReason(reason))
  } catch {
    socket.close()
  }
}
