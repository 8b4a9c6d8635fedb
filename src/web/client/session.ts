import { Connection, type Message, type Target } from "./connection.ts"

export type State = "closed" | "connecting" | "open"

/** What a session reports. */
export interface SessionListener {
  changed(state: State): void
  note(text: string, meaning?: string): void
  sent(message: Message): void
  received(message: Message): void
}

/**
 * The connections of one client, one after the other. Sending connects where there is no connection. A typed client with
 * `connect`, `send`, `close`, `suspend` and `resume` can take its place.
 */
export class Session {
  private connection: Connection | undefined
  private waiting: Message[] = []
  private isSuspended = false

  /** `target` is asked before each connection; without an answer there is none. */
  constructor(
    private readonly target: () => Target | undefined,
    private readonly listener: SessionListener,
  ) {}

  get isConnected(): boolean {
    return this.connection !== undefined
  }

  /** Connects, unless it is connected already. */
  connect(): void {
    if (this.connection) return
    const target = this.target()
    if (target) this.open(target)
  }

  /** Sends a message, over a new connection if there is none. */
  send(message: Message): void {
    if (this.connection?.isOpen) this.deliver(this.connection, message)
    else {
      this.connect()
      if (this.connection) this.waiting.push(message)
    }
  }

  close(code?: number, reason?: string): void {
    this.connection?.close(code, reason)
  }

  /** Closes for as long as the page is in the back/forward cache. */
  suspend(): void {
    if (!this.connection) return
    // A connection that was closing anyway is not resumed.
    this.isSuspended = !this.connection.isClosing
    this.connection.abandon()
    this.connection = undefined
    this.listener.changed("closed")
  }

  /** Connects again if `suspend` has closed a connection. */
  resume(): void {
    if (!this.isSuspended) return
    this.isSuspended = false
    this.listener.note("The page is back")
    this.connectAgain()
  }

  private open(target: Target): void {
    const { listener } = this
    let wasOpen = false
    listener.changed("connecting")
    listener.note(`Connecting to ${target.url}`)
    const connection = new Connection(target, {
      opened: (subprotocol) => {
        wasOpen = true
        listener.note(subprotocol ? `Open, with the subprotocol ${subprotocol}` : "Open")
        listener.changed("open")
        for (const message of this.waiting.splice(0)) this.deliver(connection, message)
      },
      received: (message) => listener.received(message),
      closed: (text, meaning) => {
        this.connection = undefined
        listener.note(text, meaning)
        listener.changed("closed")
        if (!wasOpen) this.dropWaiting()
        // Sent while the connection was closing.
        else if (this.waiting.length > 0) this.connectAgain()
      },
    })
    this.connection = connection
  }

  private connectAgain(): void {
    this.connect()
    if (!this.connection) this.dropWaiting()
  }

  private deliver(connection: Connection, message: Message): void {
    connection.send(message)
    this.listener.sent(message)
  }

  private dropWaiting(): void {
    const { length } = this.waiting.splice(0)
    if (length > 0) this.listener.note(length === 1 ? "The message was not sent" : `${length} messages were not sent`)
  }
}
