import { ActorFailedError, BufferOverflowError, EvictionError } from "../stream/errors.ts"
import type { LogEntry } from "../stream/logger.ts"
import { CloseCode, CloseError, isCloseError, truncateReason } from "./close.ts"
import { translated } from "./close-codes.ts"
import type { ConnectionSettings, SavedConnection, Socket } from "./target.ts"

/** The closing of a socket: the close is written once, counted and logged. */
export class Closing {
  isOpen = true
  hasFailed = false

  /**
   * @param outbox flushed before a close is sent that is no answer to the peer's
   * @param inbox ended after it
   */
  constructor(
    private readonly socket: Socket,
    private readonly settings: ConnectionSettings,
    private readonly outbox: { flush(): void },
    private readonly inbox: { end(): void },
  ) {}

  restore({ isOpen, hasFailed }: SavedConnection): void {
    this.isOpen = isOpen
    this.hasFailed = hasFailed
  }

  /** Closes the socket, if it is open. */
  sendClose(code: number, reason: string, cause?: unknown): void {
    if (!this.isOpen) return
    this.outbox.flush()
    const sent = translated(code, this.settings.closeCodes)
    this.markClosed(sent, () => this.socket.close(sent, truncateReason(reason)), cause)
    this.inbox.end()
  }

  /** The peer has closed; `answer` writes the close that it gets back. */
  onPeerClose(code: number, answer: (socket: Socket) => void): void {
    this.markClosed(code, () => answer(this.socket))
  }

  /**
   * Closes the socket with the code that belongs to an error, and reports the error unless it is a close.
   *
   * @param overflow the reason of the close for the error of a full buffer
   */
  fail(error: unknown, overflow = "Too many messages are waiting"): void {
    if (error instanceof BufferOverflowError) {
      this.fail(new CloseError(CloseCode.tryAgainLater, overflow))
    } else if (error instanceof EvictionError) {
      this.sendClose(CloseCode.serviceRestart, "The service was interrupted", error)
    } else if (isCloseError(error)) {
      if (error.code === CloseCode.tryAgainLater) this.settings.metrics.overflows++
      this.sendClose(error.code, error.reason, error.cause)
    } else {
      this.sendClose(CloseCode.internalError, "")
      // An actor's failure was reported by its supervisor.
      if (this.hasFailed || error instanceof ActorFailedError) return
      this.hasFailed = true
      this.report(error)
    }
  }

  log(level: LogEntry["level"], event: string, code: number, cause?: unknown): void {
    const { route, id, logger } = this.settings
    logger({ level, event, route, connection: id, code, ...(cause !== undefined && { cause }) })
  }

  /** Writes the close first, because a logger that throws must not leave a socket open that has no flow. */
  private markClosed(code: number, write: () => void, cause?: unknown): void {
    this.isOpen = false
    this.settings.onChanged?.()
    write()
    this.settings.metrics.closed(this.settings.id, code)
    this.log("info", "closed", code, cause)
  }

  /** An error that `onError` throws must not reach the event, which may be another connection's. */
  private report(error: unknown): void {
    const { onError } = this.settings
    try {
      if (onError) onError(error)
      else this.log("error", "flow failed", CloseCode.internalError, error)
    } catch (thrown) {
      this.log("error", "onError failed", CloseCode.internalError, thrown)
    }
  }
}
