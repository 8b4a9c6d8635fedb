import { decodeOffer } from "../../../src/session/offer.ts"
import { newSnapshot } from "../../../src/session/saved-session.ts"
import type { Link } from "./link.ts"
import type { Entry } from "./session-store.ts"
import { decoded } from "./settings.ts"
import { newFlow } from "./simulated-flow.ts"
import { hubName } from "./simulated-hub.ts"
import { SimulatedSessions } from "./simulated-sessions.ts"

/** A Durable Object whose connections have sessions. It uses a `ServerSession` as the targets do. */
export class SimulatedObject extends SimulatedSessions {
  private wasKilled = false

  accept(link: Link): void {
    this.event(() => {
      this.links.add(link)
      const offer = decodeOffer(link.offered)
      const known = offer && this.find(offer.session)
      if (offer && known && !(this.settings.honoursWithin && this.isExpired(known))) {
        if (known.link && this.settings.cutsOff) this.cutOff(known.link)
        if (this.resume(known, offer.received)) {
          this.connect(known, link)
          return
        }
      }
      if (known && this.isExpired(known)) this.remove(known, "expired")
      const session = this.newSession(newSnapshot(`s${this.random()}`))
      const flow = { ...newFlow(), position: this.hub.end }
      const entry: Entry = { session, flow, link: undefined, isFlowDirty: true, isDirect: false }
      this.memory.set(session.id, entry)
      this.logs.of(session.id).joined = this.hub.end
      session.attach()
      this.connect(entry, link)
    })
  }

  /** The next packet of a client arrives. */
  receive(link: Link): void {
    const packet = link.toServer.shift()
    if (!packet || !this.links.has(link)) return
    this.event(() => {
      const entry = this.entryOf(link)
      if ("code" in packet) {
        this.send(link, packet)
        this.links.delete(link)
        if (entry) this.remove(entry)
      } else if (entry) {
        const messages = entry.session.receive(packet.data)
        entry.flow.inbox.push(...messages.map((message) => decoded(message, this.settings)))
      }
    })
  }

  /** The runtime reports that a socket is gone. */
  notice(link: Link): void {
    this.event(() => {
      const entry = this.entryOf(link)
      this.links.delete(link)
      if (!entry) return
      entry.link = undefined
      entry.session.detach(this.now)
    })
  }

  /** All flows emit a message of their own. */
  tick(): void {
    this.event(() => {
      for (const id of this.ids()) {
        const entry = this.find(id)
        if (!entry || entry.session.endCode !== undefined || entry.flow.blocked.length > 4) continue
        entry.flow.blocked.push(`tick:${this.random()}`)
        entry.isFlowDirty = true
      }
    })
  }

  /** The hub publishes an element, to all sessions but one. Hibernating ones get it without their flow, if no stage is in between. */
  publish(except?: string): void {
    if (this.settings.keep === 0) return
    this.event(() => {
      const text = `${hubName}:${this.hub.end}:${this.random()}`
      this.hub.add(text, except, (number) => {
        if (this.settings.storesElementsApart) this.storage.split()
        for (const id of this.ids()) {
          if (this.memory.has(id)) continue
          const isExcluded = id === except
          if (isExcluded ? this.settings.writesExcluded : !this.sendDirectly(id, number)) this.find(id)
        }
      })
    })
  }

  /** Flows see that their clients are no longer slow. */
  reevaluate(): void {
    this.event(() => {
      for (const id of this.ids()) this.find(id)
    })
  }

  /** The alarm: sessions that were detached for too long end. */
  sweep(): void {
    this.event(() => {
      for (const id of this.ids()) {
        const entry = this.find(id)
        if (entry && this.isExpired(entry)) this.remove(entry, "expired")
      }
    })
  }

  /** Drops memory, and keeps storage, sockets and attachments. */
  hibernate(): void {
    this.storage.commitAll()
    this.memory = new Map()
  }

  /** Drops memory and sockets. Of the transactions in flight so many become durable. */
  kill(durable: number): void {
    this.storage.kill(durable)
    this.logs.kill()
    this.memory = new Map()
    for (const link of this.links) {
      link.attachment = undefined
      link.isServerOpen = false
    }
    this.links.clear()
    this.wasKilled = true
    for (const [id, log] of this.logs.all) if (!this.store.has(id)) log.excuse ??= "killed"
  }

  private event(run: () => void): void {
    this.storage.transaction(() => {
      if (this.wasKilled) this.detachAll()
      run()
      for (const entry of this.memory.values()) this.finish(entry)
    })
  }

  /** Detaches sessions after a kill, which reports no socket as gone. */
  private detachAll(): void {
    this.wasKilled = false
    for (const id of this.ids()) {
      const entry = this.find(id)
      if (entry && entry.session.detachedAt === undefined) entry.session.detach(this.now)
    }
  }

  private entryOf(link: Link): Entry | undefined {
    const id = this.store.idOf(link)
    return id === undefined ? undefined : this.find(id)
  }

  private connect(entry: Entry, link: Link): void {
    entry.link = link
    this.store.attach(link, entry)
  }

  private cutOff(link: Link): void {
    link.attachment = undefined
    this.links.delete(link)
    this.send(link, { code: 4409 })
  }
}
