import { ClientSession } from "./client-session.ts"
import type { TextFormat, Welcome } from "./frame.ts"
import { Tail } from "./sequence.ts"

/** The record of a session for the next page: the version of this array, the session, and how many messages it has received. */
export type KeptSession = readonly [version: 1, session: string, received: number]

/** The client's end of a session that the next page of a tab goes on with, as after a reload. */
export class PageSession extends ClientSession {
  /** Whether another page has sent messages in this session, and only the server has their number. */
  private isInherited = false

  /** @param kept of the page before */
  constructor(format: TextFormat, kept?: KeptSession) {
    super(format)
    if (!kept) return
    this.isInherited = true
    this.session = kept[1]
    this.received = kept[2]
  }

  /** The state from which the next page resumes; `undefined` without a session. */
  keep(): KeptSession | undefined {
    return this.session === undefined || this.isBroken ? undefined : [1, this.session, this.received]
  }

  protected override open(welcome: Welcome) {
    const [, , received, resumed] = welcome
    if (resumed && this.isInherited) this.countFrom(received)
    this.isInherited = false
    return super.open(welcome)
  }

  /** Numbers the messages of this page after those of the page before that the server has. */
  private countFrom(received: number): void {
    const messages = this.tail.after(0)
    this.tail = new Tail(undefined, received)
    for (const message of messages) this.tail.push(message)
    this.transmitted = received
  }
}
