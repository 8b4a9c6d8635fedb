import { Batches, BatchSocket } from "../socket/batch.ts"
import type { Socket } from "../socket/connection.ts"

/** What is sent through to the sockets of an object: to those who take many messages in one frame, at the end of an event. */
export class Outlets {
  private readonly batches = new Batches()
  private readonly batched = new WeakMap<WebSocket, BatchSocket>()

  of(socket: WebSocket, isBatched: true | undefined): Socket {
    if (!isBatched) return socket
    const outlet = this.batched.get(socket) ?? new BatchSocket(socket, this.batches)
    this.batched.set(socket, outlet)
    return outlet
  }

  /** Sends what has come together. */
  flush(): void {
    this.batches.flush()
  }
}
