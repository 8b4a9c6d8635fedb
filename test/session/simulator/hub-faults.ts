import type { Data } from "../../../src/session/frame.ts"
import type { SessionRecord, SessionSnapshot } from "../../../src/session/saved-session.ts"
import type { Elements } from "../../../src/session/sequence.ts"
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
  override sendElement(hub: string, number: number, message: Data): boolean {
    const { hasChanged } = this
    const hasRoom = super.sendElement(hub, number, message)
    this.hasChanged = hasChanged
    return hasRoom
  }
}

/** Notices no gap in the log. */
class IgnoresGaps extends ServerSession {
  override canAttach(received: number): boolean {
    return this.tail.canResumeAfter(received)
  }
}

/** Keeps its own messages before the elements that were sent before them. */
class RecordsOwnFirst extends ServerSession {
  protected override record(from: number, hub?: string): SessionRecord {
    const [layout, id, received, acknowledged, sent, parts, ...others] = super.record(from, hub)
    const isOwn = (part: unknown) => !Array.isArray(part) || part.length === 1
    const sorted = [...parts.filter(isOwn), ...parts.filter((part) => !isOwn(part))]
    return [layout, id, received, acknowledged, sent, sorted, ...others]
  }
}

class ForgetsElementsBeforeOwn extends ServerSession {
  protected override record(from: number, hub?: string): SessionRecord {
    const [layout, id, received, acknowledged, sent, parts, ...others] = super.record(from, hub)
    const own = parts.filter((part) => !Array.isArray(part) || part.length === 1)
    return [layout, id, received, acknowledged, sent, own, ...others]
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
