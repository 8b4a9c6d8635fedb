import type { RunContext } from "../stream/engine/stage.ts"
import type { Data } from "./codec.ts"
import { closeNow, type DialedSocket } from "./dial.ts"

/** An open outgoing socket. It sends the frames of an event when the event is saved. */
export class ClientSocket {
  /** An upper bound of `bufferedAmount`: the bytes sent since it was last read, added to its value then. */
  private maxUnsent = 0

  constructor(
    private readonly socket: DialedSocket,
    private readonly run: RunContext,
    private readonly maxBufferedAmount: number,
  ) {}

  isSlow(): boolean {
    if (this.maxUnsent <= this.maxBufferedAmount) return false
    this.maxUnsent = this.socket.bufferedAmount ?? 0
    return this.maxUnsent > this.maxBufferedAmount
  }

  send(data: Data): void {
    this.maxUnsent += typeof data === "string" ? data.length * 3 : data.length
    this.run.whenSaved(() => {
      try {
        this.socket.send(data)
      } catch {
        // Its close is on the way, and ends the flow.
      }
    })
  }

  close(code: number, reason: string): void {
    this.run.whenSaved(() => this.closeNow(code, reason))
  }

  closeNow(code: number, reason: string): void {
    closeNow(this.socket, code, reason)
  }
}
