import { Connection, isKept, type Message, type Target } from "./connection.ts"

/** `lost` while a client without a socket reconnects. */
export type State = "closed" | "connecting" | "open" | "lost"

/** The events of a session. */
export interface SessionListener {
  changed(state: State): void
  /** The client has reconnected; `isNew` if the server no longer had its session. */
  resumed(isNew: boolean): void
  note(text: string, meaning?: string): void
  sent(message: Message): void
  received(message: Message): void
}

/** The connections of one client, one after the other. Sending connects where there is no connection. */
export class Session {
  private connection: Connection | undefined
  private waiting: Message[] = []
  private isSuspended = false

  /** `target` is called before each connection. If it returns `undefined`, there is no connection. */
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

  /** Resumes the session of the page before, if that page has kept one. */
  continueSession(): void {
    const target = this.target()
    if (!this.connection && target && isKept(target)) this.open(target)
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

  /** Cuts the socket if there is one. For so many milliseconds no other can be made. */
  cut(duration: number): void {
    this.connection?.cut(duration)
  }

  /** Closes for as long as the page is in the back/forward cache. A connection that resumes does that by itself. */
  suspend(): void {
    if (!this.connection || this.connection.resumes) return
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
        this.deliverWaiting(connection)
      },
      lost: () => listener.changed("lost"),
      dropped: (text, meaning) => listener.note(`${text}. The client comes back`, meaning),
      resumed: (isNew) => {
        listener.resumed(isNew)
        listener.note(isNew ? "Back. The server no longer had the session" : "Back, and nothing is lost")
        listener.changed("open")
        this.deliverWaiting(connection)
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

  private deliverWaiting(connection: Connection): void {
    for (const message of this.waiting.splice(0)) this.deliver(connection, message)
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
