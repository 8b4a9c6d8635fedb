import { encodeFrames } from "../../../src/session/frame.ts"
import type { SessionSnapshot } from "../../../src/session/saved-session.ts"
import type { ServerSession } from "../../../src/session/server-session.ts"
import type { Link, Packet } from "./link.ts"
import { Logs } from "./log.ts"
import { type Entry, SessionStore } from "./session-store.ts"
import { encoded, formatOf, type Settings } from "./settings.ts"
import { handle } from "./simulated-flow.ts"
import { hubName, SimulatedHub } from "./simulated-hub.ts"
import { Storage } from "./storage.ts"

/** The sessions of a simulated object: they are stored and restored, and their flows run. */
export class SimulatedSessions {
  readonly logs = new Logs()
  readonly storage = new Storage(this.logs.mark)
  readonly hub: SimulatedHub
  /** The sockets that the runtime keeps. */
  readonly links = new Set<Link>()
  now = 0
  protected readonly store: SessionStore
  protected memory = new Map<string, Entry>()

  constructor(
    protected readonly settings: Settings,
    protected readonly random: () => number,
  ) {
    this.store = new SessionStore(settings, this.storage)
    this.hub = new SimulatedHub(settings, this.storage)
  }

  awake(): Iterable<Entry> {
    return this.memory.values()
  }

  /** The ids of all sessions. */
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

  protected newSession(snapshot: SessionSnapshot): ServerSession {
    const { window } = this.settings
    return new this.settings.Server(snapshot, { format: formatOf(this.settings), window, logs: this.hub })
  }

  /** Resumes a session for a client that has received so many messages. Returns whether that is possible. */
  protected resume({ session, flow }: Entry, received: number): boolean {
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

  protected sendDirectly(id: string, number: number): boolean {
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

  /** Whether a session has been without a socket for longer than `within`. */
  isExpired({ session }: Entry): boolean {
    const { detachedAt = Infinity } = session
    return this.now - detachedAt > this.settings.within
  }

  /** The session is over: its flow sees the end of the connection. */
  protected remove({ session, link }: Entry, excuse?: string): void {
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
    while (session.endCode === undefined) {
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
  protected finish(entry: Entry): void {
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

  protected send(link: Link, packet: Packet): void {
    const send = () => link.fromServer(packet)
    if (this.settings.leaks(packet)) send()
    else this.storage.send(send)
  }
}
