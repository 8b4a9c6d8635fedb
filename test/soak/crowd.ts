import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../../src/testing/random.ts"
import type { Histogram } from "./histogram.ts"
import { Member } from "./member.ts"
import { ResumingMember } from "./resuming-member.ts"
import { type RoomMember, visitor } from "./room-member.ts"

/** How many members join at a time. */
const together = 50
/** How many messages may be on their way: a slow machine makes less traffic, not longer latencies. */
const mostUnderway = 4
/** A visitor joins after every so many milliseconds, and leaves five visitors later. */
const visitInterval = 1_000
/** A resuming member loses its socket after every so many milliseconds. */
const dropInterval = 100

/** The members of one room: those that stay, some of which lose their sockets, and visitors, which join and leave all the time. */
export class Crowd {
  said = 0
  /** How many sockets were lost. */
  drops = 0
  readonly visits = { joined: 0, left: 0 }
  private readonly members: RoomMember[] = []
  private readonly resuming: ResumingMember[] = []
  private readonly random = new Random(1)
  private readonly visitors: Member[] = []
  private readonly gone: Member[] = []
  private readonly url: string
  private readonly latencies: Histogram

  constructor(url: string, latencies: Histogram) {
    this.url = url
    this.latencies = latencies
  }

  get findings(): string[] {
    return [...this.members, ...this.visitors, ...this.gone].flatMap(({ findings }) => findings)
  }

  /** @param resuming how many of the members have sessions, and lose their sockets during the traffic */
  async fill(size: number, resuming: number, onThousand: (members: number) => void): Promise<void> {
    while (this.members.length < size) {
      const count = Math.min(together, size - this.members.length)
      const next = Array.from({ length: count }, (_, index) =>
        this.permanent(this.members.length + index, size - resuming),
      )
      this.members.push(...next)
      await Promise.all(next.map((member) => member.join()))
      if (this.members.length % 1000 === 0) onThousand(this.members.length)
    }
  }

  /** Sends a message every `interval` milliseconds, for so many milliseconds, and waits until all have received it. */
  async talk(duration: number, interval: number): Promise<void> {
    const end = performance.now() + duration
    const others = [this.receiveVisitors(end), this.dropSockets(end)]
    let next = performance.now()
    while (performance.now() < end && this.findings.length === 0) {
      if (this.said - (this.members[0]?.seq ?? 0) < mostUnderway) {
        this.members[(this.said * 7919) % this.members.length]?.say()
        this.said++
      }
      next += interval
      await sleep(Math.max(0, next - performance.now()))
    }
    await Promise.all(others)
    for (let tries = 0; tries < 60 && this.late.length > 0; tries++) await sleep(1_000)
  }

  /** A finding for each member that has missed a message, in the order of the members. */
  get missed(): string[] {
    const { said, visits } = this
    return this.late.map(({ seq, visitors: { joined, left } }, index) => {
      const seen = `${joined} of ${visits.joined} joins, ${left} of ${visits.left} leaves`
      return `Late member ${index} has ${seq} of ${said} messages, ${seen}`
    })
  }

  async leave(): Promise<void> {
    const all = [...this.members, ...this.visitors]
    await Promise.all(all.map((member, index) => member.leave(index % 2 === 0 ? "close" : "terminate")))
  }

  private get late(): RoomMember[] {
    return this.members.filter(({ seq, visitors: { joined, left } }) => {
      return seq !== this.said || joined !== this.visits.joined || left !== this.visits.left
    })
  }

  private async dropSockets(end: number): Promise<void> {
    while (performance.now() < end && this.resuming.length > 0) {
      this.resuming[this.random.below(this.resuming.length)]?.drop()
      this.drops++
      await sleep(dropInterval)
    }
  }

  private async receiveVisitors(end: number): Promise<void> {
    while (performance.now() < end) {
      await this.receiveVisitor()
      await sleep(visitInterval)
    }
  }

  private async receiveVisitor(): Promise<void> {
    const member = this.member(`${visitor}${this.visits.joined}`)
    this.visitors.push(member)
    this.visits.joined++
    await member.join()
    if (this.visitors.length <= 5) return
    const [oldest] = this.visitors.splice(0, 1)
    if (!oldest) return
    this.visits.left++
    await oldest.leave(this.visits.left % 2 === 0 ? "close" : "terminate")
    if (oldest.findings.length > 0) this.gone.push(oldest)
  }

  /** @param firstResuming they join last, because each join is a row for each of them */
  private permanent(index: number, firstResuming: number): RoomMember {
    const name = `member${index}`
    if (index < firstResuming) return this.member(name)
    const member = new ResumingMember(this.url, name)
    this.resuming.push(member)
    return member
  }

  private member(name: string): Member {
    return new Member(this.url, name, this.latencies)
  }
}
