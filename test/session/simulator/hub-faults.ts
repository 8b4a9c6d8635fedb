import type { Data } from "../../../src/session/frame.ts"
import { type Elements, isElements, lengthOf, type Part } from "../../../src/session/part.ts"
import {
  decodeSession,
  encodeSession,
  type SessionRecord,
  type SessionSnapshot,
} from "../../../src/session/saved-session.ts"
import { ServerSession } from "../../../src/session/server-session.ts"
import type { SessionSettings } from "../../../src/session/session-settings.ts"
import { manyElements } from "./laws.ts"
import type { Settings } from "./settings.ts"

/** A server whose restored sessions do not count the elements since the record. */
class RestoresWithoutElements extends ServerSession {
  constructor(snapshot: SessionSnapshot, settings: SessionSettings) {
    super({ ...snapshot, heard: undefined }, settings)
  }
}

class RestoresOneElementLess extends ServerSession {
  constructor(snapshot: SessionSnapshot, settings: SessionSettings) {
    const { heard } = snapshot
    const isAhead = heard && heard.next < (settings.logs?.next(heard.hub) ?? 0)
    super(isAhead ? { ...snapshot, heard: { ...heard, next: heard.next + 1 } } : snapshot, settings)
  }
}

class NeverWritesElements extends ServerSession {
  override sendElement(hub: string, number: number, message: Data): void {
    const { hasChanged } = this
    super.sendElement(hub, number, message)
    this.hasChanged = hasChanged
  }
}

/** Notices no gap in the log. */
class IgnoresGaps extends ServerSession {
  override canAttach(received: number): boolean {
    return this.tail.canResumeAfter(received)
  }
}

/** A server whose records have other parts than it has sent. */
export abstract class RecordsOtherParts extends ServerSession {
  protected abstract recorded(parts: readonly Part[]): readonly Part[]

  override save(hub?: string): SessionRecord {
    const snapshot = decodeSession(super.save(hub)) as SessionSnapshot
    const messages = this.recorded(snapshot.messages)
    const count = messages.reduce((sum, part) => sum + lengthOf(part), 0)
    return encodeSession({ ...snapshot, messages, acknowledged: snapshot.sent - count })
  }
}

/** Keeps its own messages before the elements that were sent before them. */
class RecordsOwnFirst extends RecordsOtherParts {
  protected override recorded(parts: readonly Part[]): readonly Part[] {
    return [...parts.filter((part) => !isElements(part)), ...parts.filter(isElements)]
  }
}

class ForgetsElementsBeforeOwn extends RecordsOtherParts {
  protected override recorded(parts: readonly Part[]): readonly Part[] {
    return parts.filter((part) => !isElements(part))
  }
}

class DoesNotTakeElementsBack extends ServerSession {
  override takeElements(sendsAgain: (elements: Elements) => boolean): void {
    super.takeElements((elements) => {
      sendsAgain(elements)
      return false
    })
  }
}

const logged: Partial<Settings> = { keep: manyElements }

/** Faults in the counts of a hub's elements. */
export const hubFaults: readonly [name: string, settings: Partial<Settings>][] = [
  ["a restored session does not count the elements since its record", { ...logged, Server: RestoresWithoutElements }],
  ["a restored session counts one element too few", { ...logged, Server: RestoresOneElementLess }],
  ["a session that is restored during a publish counts the element", { ...logged, countsPublishing: true }],
  ["a session that catches up is not written", { ...logged, Server: NeverWritesElements }],
  ["a session that does not get an element is not written", { ...logged, writesExcluded: false }],
  ["a slow session is restored as one that got each element", { ...logged, followsWhileSlow: true }],
  ["own messages are recorded before the elements before them", { ...logged, Server: RecordsOwnFirst }],
  ["elements before own messages are not recorded", { ...logged, Server: ForgetsElementsBeforeOwn }],
  ["the flow does not go back to the elements that the client has missed", { ...logged, rewindsFlow: false }],
  [
    "the session does not take back the elements that the flow sends again",
    { ...logged, Server: DoesNotTakeElementsBack },
  ],
  ["a gap in the log is not noticed", { keep: 2, Server: IgnoresGaps }],
  ["elements are stored apart from their publish", { ...logged, storesElementsApart: true }],
]
