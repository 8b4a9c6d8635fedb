import { type Arrival, ClientSession } from "../../../src/session/client-session.ts"
import type { Data, Header, Welcome } from "../../../src/session/frame.ts"
import type { Part } from "../../../src/session/part.ts"
import { ServerSession } from "../../../src/session/server-session.ts"
import type { Outgoing } from "../../../src/session/session-settings.ts"
import { hubFaults, RecordsOtherParts } from "./hub-faults.ts"
import type { Packet } from "./link.ts"
import type { Settings } from "./settings.ts"

/** A frame of the server that only acknowledges. */
const isAcknowledgement = (packet: Packet): boolean =>
  "data" in packet && typeof packet.data === "string" && /^\[\["at",\d+,\d+\]\]$/.test(packet.data)

/** A server with another count in its welcome. */
function welcoming(change: (welcome: Welcome) => Welcome): typeof ServerSession {
  return class extends ServerSession {
    override attach(received?: number): boolean {
      const isAttached = super.attach(received)
      if (this.welcome && received) this.welcome = change(this.welcome)
      return isAttached
    }
  }
}

class ForgetsToCount extends ServerSession {
  override receive(data: Data): readonly unknown[] {
    const messages = super.receive(data)
    if (messages.length > 1) this.received--
    return messages
  }
}

/** Repeats a message that the client has, with the right number in the welcome. */
class RepeatsReceived extends ServerSession {
  override attach(received?: number): boolean {
    const { acknowledged } = this.tail
    const [before] = this.tail.after(acknowledged)
    if (received !== acknowledged + 1 || before === undefined) return super.attach(received)
    const isAttached = super.attach(acknowledged)
    if (this.welcome) this.welcome = ["hi", this.id, this.received, true, acknowledged + 1]
    return isAttached
  }
}

class RepeatsReceivedUnannounced extends RepeatsReceived {
  override attach(received?: number): boolean {
    const isAttached = super.attach(received)
    if (this.welcome && received) this.welcome = ["hi", this.id, this.received, true, received + 1]
    return isAttached
  }
}

class ForgetsTailAtDetach extends ServerSession {
  override detach(now: number): void {
    super.detach(now)
    this.tail.acknowledge(this.tail.sent)
  }
}

class TrimsWhenSent extends ServerSession {
  override flush(unhandled?: number): Outgoing {
    const outgoing = super.flush(unhandled)
    if (this.detachedAt === undefined) this.tail.acknowledge(this.tail.sent)
    return outgoing
  }
}

class DoesNotReplay extends ServerSession {
  override attach(received?: number): boolean {
    const isAttached = super.attach(received)
    this.transmitted = this.tail.sent
    return isAttached
  }
}

class SendsCloseOnce extends ServerSession {
  override attach(received?: number): boolean {
    const { isCloseSent } = this
    const isAttached = super.attach(received)
    this.isCloseSent = isCloseSent
    return isAttached
  }
}

class NeverAsks extends ServerSession {
  protected override header(hasMessages: boolean, done: number): Header {
    const header = super.header(hasMessages, done)
    return hasMessages && typeof header === "object" ? this.reported : header
  }
}

class AsksOnce extends ServerSession {
  protected override header(hasMessages: boolean, done: number): Header {
    if (this.requested > this.tail.acknowledged) this.requested = Infinity
    return super.header(hasMessages, done)
  }
}

class AcknowledgesQueued extends ServerSession {
  override flush(): Outgoing {
    return super.flush(0)
  }
}

class DoesNotStoreRoom extends ServerSession {
  protected override acknowledge(number: number): void {
    const { hasChanged } = this
    super.acknowledge(number)
    this.hasChanged = hasChanged
  }
}

class RecordsOnlyTheLast extends RecordsOtherParts {
  protected override recorded(parts: readonly Part[]): readonly Part[] {
    return parts.slice(-1)
  }
}

class ClientForgetsToCount extends ClientSession {
  protected override count(messages: readonly unknown[]): readonly unknown[] {
    const news = super.count(messages)
    if (messages.length > 1) this.received--
    return news
  }
}

class ClientDoesNotDedup extends ClientSession {
  protected override count(messages: readonly unknown[]): readonly unknown[] {
    super.count(messages)
    return messages
  }
}

/** Sends messages again that the server has. */
class ClientResendsAll extends ClientSession {
  protected override open(welcome: Welcome): Arrival | undefined {
    const arrival = super.open(welcome)
    this.transmitted = this.acknowledged
    return arrival
  }
}

class ClientDoesNotResend extends ClientSession {
  protected override open(welcome: Welcome): Arrival | undefined {
    const { transmitted } = this
    const arrival = super.open(welcome)
    if (welcome[3]) this.transmitted = transmitted
    return arrival
  }
}

/** Sends before the welcome. */
class ClientDoesNotWait extends ClientSession {
  override flush(): Data[] {
    const { isOpen } = this
    this.isOpen = this.session !== undefined
    const frames = super.flush()
    this.isOpen = isOpen
    return frames
  }

  override offer(): string[] {
    this.transmitted = this.acknowledged
    return super.offer()
  }
}

class ClientConfirmsAtWelcome extends ClientSession {
  protected override open(welcome: Welcome): Arrival | undefined {
    const arrival = super.open(welcome)
    return arrival && { ...arrival, confirmed: this.confirm(welcome[2]) }
  }
}

class ClientIgnoresQuestions extends ClientSession {
  override flush(): Data[] {
    this.isRequested = false
    return super.flush()
  }
}

class ClientSendsAllAtOnce extends ClientSession {
  override flush(): Data[] {
    const { maxInFlight } = this
    Object.assign(this, { maxInFlight: Infinity })
    const frames = super.flush()
    Object.assign(this, { maxInFlight })
    return frames
  }
}

const small: Partial<Settings> = { window: 120, maxInFlight: 4 }
const attached: Partial<Settings> = { isDurable: false }

/** Settings and subclasses that break a law, each by about one line. */
export const faults: readonly [name: string, settings: Partial<Settings>][] = [
  ["the server forgets to count a message", { Server: ForgetsToCount }],
  ["the welcome states one message too many", { Server: welcoming(([t, s, n, r, next]) => [t, s, n + 1, r, next]) }],
  [
    "the welcome states one too few",
    { Server: welcoming(([t, s, n, r, next]) => [t, s, Math.max(0, n - 1), r, next]) },
  ],
  ["the welcome's next number is one too high", { Server: welcoming(([t, s, n, r, next]) => [t, s, n, r, next + 1]) }],
  ["the server repeats messages that the client has", { Server: RepeatsReceivedUnannounced }],
  ["the server forgets the tail at a drop", { Server: ForgetsTailAtDetach }],
  ["the server forgets messages when they are sent", { Server: TrimsWhenSent }],
  ["the server does not replay", { Server: DoesNotReplay }],
  ["the server does not repeat a lost close", { Server: SendsCloseOnce }],
  ["the server never requests an acknowledgement", { Server: NeverAsks, ...small }],
  ["the server requests an acknowledgement only once", { Server: AsksOnce, ...small }],
  ["the server acknowledges messages that still wait for the flow", { Server: AcknowledgesQueued, ...small }],
  ["an acknowledgement that makes room is not stored", { Server: DoesNotStoreRoom, ...attached, window: 1 }],
  ["a record has only the last message", { Server: RecordsOnlyTheLast }],
  ["the client forgets to count a message", { Client: ClientForgetsToCount }],
  ["the client does not dedup", { Server: RepeatsReceived, Client: ClientDoesNotDedup }],
  ["the client sends messages again that the server has", { Client: ClientResendsAll }],
  ["the client does not send again", { Client: ClientDoesNotResend }],
  ["the client does not wait for the welcome", { Client: ClientDoesNotWait }],
  ["a welcome confirms messages that wait for the flow", { Client: ClientConfirmsAtWelcome, ...small }],
  ["the client ignores a request for an acknowledgement", { Client: ClientIgnoresQuestions, ...small }],
  ["the client sends all at once", { Client: ClientSendsAllAtOnce, ...small }],
  ["a resync does not give back the unconfirmed messages", { ...attached, reportsResync: false }],
  ["acknowledgements go out before the storage has confirmed", { leaks: isAcknowledgement }],
  ["all frames go out before the storage has confirmed", { leaks: () => true }],
  ["effects are stored apart from the count", { storesEffectsApart: true }],
  ["frames of the old socket are taken after a take-over", { cutsOff: false }],
  ["the row of a drop stays after the resumption", { ...attached, deletesRowOnResume: false }],
  ["the end is not stored", { storesTheEnd: false }],
  ["a session goes on after it has expired", { within: 200, honoursWithin: false }],
  ["messages that the flow did not take before its end count as received", { ...small, givesUnhandledBack: false }],
  ...hubFaults,
]

/** Unusual, but correct: the laws must hold. */
export const guarded: readonly [name: string, settings: Partial<Settings>][] = [
  ["the server repeats messages that the client has, and the welcome says so", { Server: RepeatsReceived }],
]
