import { type Arrival, ClientSession } from "./client-session.ts"
import type { TextFormat, Welcome } from "./frame.ts"

/**
 * The record of a session for the next page: the version of this array, the session, how many messages it has received, and the number of
 * its attempts, if they are numbered.
 */
export type KeptSession = readonly [version: 1, session: string, received: number, attempt?: number]

/** The client's end of a session that the next page of the tab resumes, as after a reload. */
export class PageSession extends ClientSession {
  /** Whether another page has sent messages in this session, and only the server has their number. */
  private isInherited = false

  /** @param kept the record of the page before */
  constructor(format: TextFormat, kept?: KeptSession) {
    super(format)
    if (!kept) return
    this.isInherited = true
    this.session = kept[1]
    this.received = kept[2]
    this.attempt = kept[3] ?? 0
  }

  /** The state from which the next page resumes; `undefined` without a session. */
  keep(): KeptSession | undefined {
    const { session, received, isBroken, isUnanswered } = this
    if (session === undefined || isBroken) return undefined
    // The handshake that this page leaves may arrive after that of the next page.
    const attempt = isUnanswered ? Math.max(1, this.attempt) : this.attempt
    return attempt > 0 ? [1, session, received, attempt] : [1, session, received]
  }

  protected override open(welcome: Welcome): Arrival | undefined {
    const [, , received, resumed] = welcome
    // This page's messages are numbered after those that the server has received from the page before.
    if (resumed && this.isInherited) this.acknowledged = this.transmitted = received
    this.isInherited = false
    return super.open(welcome)
  }
}
