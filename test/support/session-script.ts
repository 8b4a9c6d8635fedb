import fc from "fast-check"
import type { MemoryObject } from "./memory-object.ts"
import type { MemorySession } from "./memory-session.ts"

/** The events of clients with sessions, and of their object. */
export const happenings: readonly string[] = [
  ...[
    "read",
    "read",
    "readOne",
    "slow",
    "drop",
    "lose",
    "vanish",
    "notice",
    "connect",
    "again",
    "overtake",
    "evict",
    "evict",
    "crash",
  ],
]

/** Both levels of sessions: their name in a test's title, and whether they are durable. */
export const levels: [title: string, isDurable: boolean][] = [
  ["that is kept with its socket", false],
  ["that is durable", true],
]

/** An object, and its clients with sessions. */
export class SessionScript {
  constructor(
    private readonly object: MemoryObject,
    private readonly sessions: readonly MemorySession[],
    private readonly isDurable: boolean,
  ) {}

  async apply(what: string, session: MemorySession): Promise<void> {
    const { object, isDurable } = this
    if (what === "read") session.read()
    if (what === "readOne") session.read(1)
    // More than the `maxBufferedAmount` of most properties.
    if (what === "slow") Object.assign(session.socket ?? {}, { bufferedAmount: 100 })
    if (what === "drop") session.drop()
    if (what === "lose") session.drop(false)
    // The attachment of a vanished socket cannot be read, so only a durable session is found before the object gets the close event.
    if (what === "vanish" && isDurable) session.vanish()
    if (what === "notice") object.noticeVanished()
    if (what === "connect" && !session.socket) await session.connect()
    // The socket before is open, as that of a client whose network has changed.
    if (what === "again") await session.connect()
    if (what === "overtake") await session.overtake()
    if (what === "evict") await object.evict()
    if (what === "crash" && isDurable) {
      await object.crash()
      for (const session of this.sessions) session.socket = undefined
    }
  }

  /** In the end every client has a socket that is not slow, and everything arrives. */
  async end(): Promise<void> {
    for (const session of this.sessions) session.drop()
    for (let round = 0; round < 50; round++) {
      for (const session of this.sessions) {
        if (!session.socket) await session.connect()
        session.transmit().read()
      }
    }
  }
}

const numRuns = Number(process.env.SESSION_SCRIPTS ?? 150)

/** The body of a test for a level: random scripts hold. */
export function holds<Step>(
  step: fc.Arbitrary<Step>,
  run: (isDurable: boolean, script: readonly Step[]) => Promise<void>,
): (title: string, isDurable: boolean) => Promise<void> {
  const scripts = fc.array(step, { maxLength: 60, size: "max" })
  return async (_, isDurable) => {
    await fc.assert(
      fc.asyncProperty(scripts, (script) => run(isDurable, script)),
      { numRuns },
    )
  }
}
