import type { Clock } from "../stream/clock.ts"
import { Batches, BatchSocket } from "./batch.ts"
import type { Data } from "./codec.ts"
import type { Endpoint, Identity } from "./endpoint.ts"
import type { AnyConnection } from "./target.ts"

/**
 * Attaches an endpoint to a new `WebSocketPair` in a plain Worker, and opens its connection.
 *
 * @returns the client's end, for the 101 response
 */
export function attach(endpoint: Endpoint, clock: Clock, identity: Identity, isBatched: boolean): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair()
  // From compatibility date 2026-03-17 the default is "blob".
  server.binaryType = "arraybuffer"
  const batches = isBatched ? new Batches() : undefined
  const socket = batches ? new BatchSocket(server, batches) : server
  const hooks = { enter: () => checkRequest(server), ...(batches && { onSettled: () => batches.flush() }) }
  const connection = endpoint.connection(socket, clock, identity, hooks)
  const { autoResponse, limits } = endpoint
  const idle = limits.idleTimeout < Infinity ? new IdleTimer(limits.idleTimeout, clock, connection) : undefined
  server.addEventListener("message", ({ data }) => {
    idle?.recordActivity()
    if (!autoResponse || data !== autoResponse.request) connection.onMessage(toData(data))
    else if (server.readyState === WebSocket.OPEN) server.send(autoResponse.response)
  })
  server.addEventListener("close", ({ code, reason, wasClean }) => {
    idle?.stop()
    // `code` does not identify a disconnect: a client can send 1006, although it must not (RFC 6455 §7.4.1).
    if (wasClean) connection.onPeerClose(code, reason)
    else connection.onDisconnect()
  })
  server.addEventListener("error", () => {
    idle?.stop()
    connection.onDisconnect()
  })
  // Half open, so that the connection answers a close: the runtime would echo any code, even 999.
  server.accept({ allowHalfOpen: true })
  connection.open()
  return client
}

/**
 * Throws in a request other than the socket's own, before the event reaches the flow. workerd lets no request use the socket of
 * another, so the flow could not send.
 */
function checkRequest(server: WebSocket): void {
  try {
    void server.readyState
  } catch (cause) {
    throw new Error(
      "This flow belongs to another request, and a Worker cannot reach the sockets of other requests. Connect them to one Durable Object: a FlowObject with a hub",
      { cause },
    )
  }
}

/** Closes a connection that has received nothing for `timeout` milliseconds. A timer that fires too early is set again. */
class IdleTimer {
  private since: number
  private cancel: () => void

  constructor(
    private readonly timeout: number,
    private readonly clock: Clock,
    private readonly connection: AnyConnection,
  ) {
    this.since = clock.now()
    this.cancel = this.set()
  }

  recordActivity(): void {
    this.since = this.clock.now()
  }

  stop(): void {
    this.cancel()
  }

  private set(): () => void {
    return this.clock.at(this.since + this.timeout, () => this.onDue())
  }

  private onDue(): void {
    if (this.clock.now() >= this.since + this.timeout) this.connection.onIdleTimeout()
    else this.cancel = this.set()
  }
}

/** The payload of a frame; the runtime provides bytes as an `ArrayBuffer`. */
export function toData(data: string | ArrayBuffer): Data {
  return typeof data === "string" ? data : new Uint8Array(data)
}
