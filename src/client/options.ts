import type { UrlBase } from "../routing/address.ts"
import type { ClientClock } from "./clock.ts"
import type { Resumption } from "./resume.ts"

/** A value, or a function that is called for it before each connection: for a token that expires. */
export type Fresh<T> = T | (() => T | Promise<T>)

/** The parts of a WebSocket that a client uses. */
export interface ClientSocket {
  binaryType: string
  readonly readyState: number
  readonly protocol: string | null
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: never, listener: never): void
}

/** The same, for its listeners. */
export interface HeardSocket extends ClientSocket {
  addEventListener(type: string, listener: (event: never) => void): void
}

/** The class of the WebSockets. Beside the URL it takes the subprotocols, or `{ protocols, headers }` where there are headers. */
export type WebSocketClass = new (url: string, protocols: never) => ClientSocket

/** How a client connects. */
export interface ConnectOptions {
  /** The host, as a page's `location` or a URL. Default: the page's `location`. */
  base?: Fresh<UrlBase>
  /** Headers of the handshake, where the WebSocket takes `{ protocols, headers }`, as that of Node. Browsers send none. */
  headers?: Fresh<Record<string, string>>
  /** The subprotocols to offer. Default: none. */
  subprotocols?: string[]
  /**
   * `resume` of this entry, for connections that outlive their sockets. The endpoint must have the option `resume` too: a browser drops a
   * connection of which no offered subprotocol was selected. Default: a connection ends with its socket.
   */
  resume?: Resumption
  /** Default: that of the runtime. */
  WebSocket?: WebSocketClass
  /**
   * Messages that wait: to be sent while there is no connection, or to be taken by a loop over the client. At least 1. Default 1,000.
   */
  bufferSize?: number
  /**
   * Milliseconds, at least 1, for an attempt to connect: to make the URL and the headers, and for the server to answer the handshake and
   * to welcome a session. Afterwards the client drops the socket with an `error` event, and connects again. More than 23 days are as many.
   * Default 10,000.
   */
  handshakeTimeout?: number
  /** Default: that of the runtime. */
  clock?: ClientClock
  /** From 0 to 1, for the times of reconnecting. Default `Math.random`. */
  random?: () => number
}
