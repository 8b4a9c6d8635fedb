import type { Arrival, ClientSession } from "../../../src/session/client-session.ts"
import { type Data, FrameError } from "../../../src/session/frame.ts"
import { Link } from "./link.ts"
import { decoded, encoded, formatOf, type Settings } from "./settings.ts"

/** The events of one session in the client's application. */
export interface Chapter {
  id: string | undefined
  readonly sent: string[]
  readonly received: string[]
  /** How many of `sent` the server has for good. */
  confirmed: number
  /** The messages that were returned as unconfirmed at the end. */
  unconfirmed: string[]
  /** The code of the close that ended it. */
  code?: number
}

const newChapter = (): Chapter => ({ id: undefined, sent: [], received: [], confirmed: 0, unconfirmed: [] })

/** A client that reconnects until it is closed, and its application. */
export class SimulatedClient {
  readonly chapters: [Chapter, ...Chapter[]] = [newChapter()]
  link: Link | undefined
  isClosed = false
  /** The session before the one that it is welcomed to. */
  before: string | undefined
  onWelcome: (id: string, resumed: boolean) => void = () => {}
  private readonly session: ClientSession
  private nextId = ""

  constructor(private readonly settings: Settings) {
    this.session = new settings.Client(formatOf(settings), settings.maxInFlight)
  }

  get chapter(): Chapter {
    return this.chapters.at(-1) ?? this.chapters[0]
  }

  get hasLost(): boolean {
    const { link } = this
    return !link || link.isCut || (!link.isServerOpen && link.toClient.length === 0)
  }

  connect(): Link {
    this.link = new Link(this.session.offer())
    return this.link
  }

  send(body: string): void {
    this.chapter.sent.push(body)
    this.session.send(encoded(body, this.settings))
    this.flush()
  }

  /** The next packet of the server arrives. */
  receive(): void {
    const packet = this.link?.toClient.shift()
    if (!packet || this.isClosed) return
    if ("code" in packet) {
      this.chapter.code = packet.code
      this.close(packet.code)
      return
    }
    if (typeof packet.data === "string" && packet.data.startsWith('[["hi"')) this.welcome(packet.data)
    const arrival = this.session.receive(packet.data)
    if (!arrival) throw new FrameError(`The client does not take ${packet.data}`)
    this.take(arrival)
    this.flush()
  }

  /** The application closes, or answers a close. */
  close(code: number): void {
    this.isClosed = true
    this.link?.fromClient({ code })
    this.giveBack(this.session.end() ?? [])
  }

  private welcome(data: string): void {
    const [[, id, , resumed]] = JSON.parse(data) as [[string, string, number, boolean]]
    this.before = this.chapter.id
    this.chapter.id ??= id
    this.nextId = id
    this.onWelcome(id, resumed)
  }

  private take({ messages, confirmed, resync }: Arrival): void {
    if (resync) {
      if (this.settings.reportsResync) this.giveBack(resync)
      this.chapters.push({ ...newChapter(), id: this.nextId })
    }
    this.chapter.confirmed += confirmed
    this.chapter.received.push(...messages.map((message) => decoded(message, this.settings)))
  }

  private giveBack(messages: readonly Data[]): void {
    this.chapter.unconfirmed = messages.map((message) =>
      decoded(this.settings.messages === "json" ? String(message) : message, this.settings),
    )
  }

  private flush(): void {
    for (const data of this.session.flush()) this.link?.fromClient({ data })
  }
}
