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
    if (data !== autoResponse?.request || !autoResponse) connection.onMessage(toData(data))
    else if (server.readyState === WebSocket.OPEN) server.send(autoResponse.response)
  })
  server.addEventListener("close", ({ code, reason, wasClean }) => {
    idle?.stop()
    // A client can send 1006, although it must not; a connection that dropped is not clean.
    if (wasClean) connection.onPeerClose(code, reason)
    else connection.onDisconnect()
  })
  server.addEventListener("error", () => {
    idle?.stop()
    connection.onDisconnect()
  })
  // Half open, so that the answer to a close is the connection's: the runtime would send any code back, 999 too.
  server.accept({ allowHalfOpen: true })
  connection.open()
  return client
}

/**
 * Throws in another request than the socket's own, before anything has happened to the flow: workerd lets no request touch the
 * socket of another, and a flow that could not send would be a zombie.
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

/** Closes a connection from which nothing has come for too long. A timer that rings too early is set again then. */
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
    return this.clock.at(this.since + this.timeout, () => this.ring())
  }

  private ring(): void {
    if (this.clock.now() >= this.since + this.timeout) this.connection.onIdleTimeout()
    else this.cancel = this.set()
  }
}

/** Bytes as a view; the runtime gives them as an `ArrayBuffer`. */
export function toData(data: string | ArrayBuffer): Data {
  return typeof data === "string" ? data : new Uint8Array(data)
}
