import { encodeFrames } from "../../../src/session/frame.ts"
import { decodeOffer } from "../../../src/session/offer.ts"
import { newSnapshot, type SessionSnapshot } from "../../../src/session/saved-session.ts"
import type { ServerSession } from "../../../src/session/server-session.ts"
import type { Link, Packet } from "./link.ts"
import { Logs } from "./log.ts"
import { type Entry, SessionStore } from "./session-store.ts"
import { decoded, encoded, formatOf, type Settings } from "./settings.ts"
import { handle, newFlow } from "./simulated-flow.ts"
import { hubName, SimulatedHub } from "./simulated-hub.ts"
import { Storage } from "./storage.ts"

/** A Durable Object whose connections have sessions: what the targets will do around a `ServerSession`. */
export class SimulatedObject {
  readonly logs = new Logs()
  readonly storage = new Storage(this.logs.mark)
  readonly hub: SimulatedHub
  /** The sockets that the runtime keeps. */
  readonly links = new Set<Link>()
  now = 0
  private readonly store: SessionStore
  private memory = new Map<string, Entry>()
  private wasKilled = false

  constructor(
    private readonly settings: Settings,
    private readonly random: () => number,
  ) {
    this.store = new SessionStore(settings, this.storage)
    this.hub = new SimulatedHub(settings, this.storage)
  }

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

  /** The runtime tells that a socket is gone. */
  notice(link: Link): void {
    this.event(() => {
      const entry = this.entryOf(link)
      this.links.delete(link)
      if (!entry) return
      entry.link = undefined
      entry.session.detach(this.now)
    })
  }

  /** All flows emit something that no message asked for. */
  tick(): void {
    this.event(() => {
      for (const id of this.ids()) {
        const entry = this.find(id)
        if (!entry || entry.session.hasEnded || entry.flow.blocked.length > 4) continue
        entry.flow.blocked.push(`tick:${this.random()}`)
        entry.isFlowDirty = true
      }
    })
  }

  /** The hub publishes an element, to all sessions but one. Hibernating ones get it without their flow, if nothing stands between. */
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

  /** Memory goes; storage, sockets and attachments stay. */
  hibernate(): void {
    this.storage.commitAll()
    this.memory = new Map()
  }

  /** Memory and sockets go; of the transactions in flight so many become durable. */
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

  awake(): Iterable<Entry> {
    return this.memory.values()
  }

  /** The sessions that there are. */
  ids(): string[] {
    const attached = [...this.links].map((link) => this.store.idOf(link)).filter((id) => id !== undefined)
    return [...new Set([...this.memory.keys(), ...attached, ...this.store.ids()])]
  }

  find(id: string): Entry | undefined {
    const known = this.memory.get(id)
    if (known) return known
    const link = this.linkOf(id)
    const loaded = this.store.load(id, link)
    if (!loaded) return undefined
    const { flow, snapshot } = loaded
    flow.position ??= this.hub.delivered
    const isDirect = snapshot.heard !== undefined
    const entry: Entry = { session: this.newSession(snapshot), flow, link, isFlowDirty: false, isDirect }
    this.memory.set(id, entry)
    return entry
  }

  private newSession(snapshot: SessionSnapshot): ServerSession {
    const { window } = this.settings
    return new this.settings.Server(snapshot, { format: formatOf(this.settings), window, logs: this.hub })
  }

  /** Whether a session goes on with a client that has received so many messages. */
  private resume({ session, flow }: Entry, received: number): boolean {
    const log = this.logs.of(session.id)
    const isBehind = (flow.position ?? 0) < this.hub.first
    if (isBehind || !session.attach(received)) {
      if (isBehind || log.emitted.slice(received).some((text) => this.hub.isLost(text))) log.excuse ??= "gap"
      this.remove({ session, flow, link: undefined, isFlowDirty: false, isDirect: false })
      return false
    }
    session.takeElements(({ from, count }) => {
      log.emitted.splice(log.emitted.length - count)
      if (this.settings.rewindsFlow) flow.position = from
      return true
    })
    return true
  }

  private sendDirectly(id: string, number: number): boolean {
    const link = this.linkOf(id)
    if (!this.store.isDirect(id, link) || link?.isSlow) return false
    const { text } = this.hub.at(number)
    this.logs.of(id).emitted.push(text)
    const frames = encodeFrames(0, [encoded(text, this.settings)], formatOf(this.settings))
    if (link) for (const data of frames) this.send(link, { data })
    return true
  }

  private linkOf(id: string): Link | undefined {
    return [...this.links].find((link) => this.store.idOf(link) === id)
  }

  private event(run: () => void): void {
    this.storage.transaction(() => {
      if (this.wasKilled) this.detachAll()
      run()
      for (const entry of this.memory.values()) this.finish(entry)
    })
  }

  /** After a kill there are sessions whose sockets nothing has reported as gone. */
  private detachAll(): void {
    this.wasKilled = false
    for (const id of this.ids()) {
      const entry = this.find(id)
      if (entry && !entry.session.isDetached) entry.session.detach(this.now)
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

  private isExpired({ session }: Entry): boolean {
    return session.isExpired(this.now, this.settings.within)
  }

  /** The session is over: its flow sees the end of the connection. */
  private remove({ session, link }: Entry, excuse?: string): void {
    const log = this.logs.of(session.id)
    log.left++
    log.excuse ??= excuse
    this.memory.delete(session.id)
    this.store.delete(session.id)
    if (link) link.attachment = undefined
  }

  /** The flow emits as long as there is room, and handles messages as long as nothing waits to be emitted. */
  private run(entry: Entry, log = this.logs.of(entry.session.id)): void {
    const { session, flow, link } = entry
    const { hub, settings } = this
    while (!session.hasEnded) {
      if (flow.blocked.length > 0) {
        if (!session.hasRoom) return
        const message = flow.blocked.shift() ?? ""
        log.emitted.push(message)
        session.send(encoded(message, this.settings))
      } else if (!link?.isSlow && (flow.position ?? 0) < hub.end) {
        if (!session.hasRoom) return
        const number = Math.max(flow.position ?? 0, hub.first)
        const { text, except } = hub.at(number)
        flow.position = number + 1
        if (except === session.id) continue
        log.emitted.push(text)
        session.sendElement(hubName, number, encoded(text, settings))
      } else if (flow.code !== undefined) {
        log.code = flow.code
        session.end(flow.code, "", this.settings.givesUnhandledBack ? flow.inbox.length : 0)
        flow.inbox = []
      } else {
        const message = flow.inbox.shift()
        if (message === undefined) return
        entry.isFlowDirty = true
        log.handled.push(message)
        if (message.includes("effect")) {
          this.storage.put("effects", JSON.stringify([...this.effects, `${session.id} ${message}`]))
          if (this.settings.storesEffectsApart) this.storage.split()
        }
        handle(flow, message, this.random)
      }
    }
  }

  get effects(): string[] {
    return JSON.parse(this.storage.get("effects") ?? "[]")
  }

  /** The end of an event for one session: first store, then send. */
  private finish(entry: Entry): void {
    const { session, flow, link } = entry
    this.run(entry)
    const isFree =
      this.settings.followsWhileSlow || (session.hasRoom && !link?.isSlow && flow.position === this.hub.end)
    entry.isDirect = this.settings.keep > 0 && isFree
    const { frames, end } = session.flush(flow.inbox.length)
    if (session.isDirty || entry.isFlowDirty) this.store.store(entry)
    entry.isFlowDirty = false
    if (!link) return
    for (const data of frames) this.send(link, { data })
    if (end) this.send(link, { code: end.code })
  }

  private send(link: Link, packet: Packet): void {
    const send = () => link.fromServer(packet)
    if (this.settings.leaks(packet)) send()
    else this.storage.send(send)
  }
}
