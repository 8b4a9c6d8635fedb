import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../../src/testing/random.ts"
import { ResumingMember } from "./resuming-member.ts"

/** The longest time between two evictions, in milliseconds. */
const longestPause = 5_000
/** Between two messages, in milliseconds. */
const interval = 50

/** A room of its own whose members have durable sessions, and whose object is evicted by force at random moments. */
export class EvictedRoom {
  evictions = 0
  said = 0
  private readonly members: ResumingMember[]
  private readonly random = new Random(2)
  private readonly url: string

  constructor(url: string, count: number) {
    this.url = url
    this.members = Array.from({ length: count }, (_, index) => new ResumingMember(url, `evicted${index}`))
  }

  async start(): Promise<void> {
    await Promise.all(this.members.map((member) => member.join()))
  }

  /** Sends messages for so many milliseconds, and waits until all members have received them. */
  async talk(duration: number): Promise<void> {
    const end = performance.now() + duration
    const evictions = this.evict(end)
    while (performance.now() < end && this.members.length > 0) {
      this.members[this.random.below(this.members.length)]?.say()
      this.said++
      await sleep(interval)
    }
    await evictions
    for (let tries = 0; tries < 60 && this.late > 0; tries++) await sleep(1_000)
  }

  get findings(): string[] {
    const own = this.members.flatMap(({ findings }) => findings)
    return this.late > 0 ? [...own, `${this.late} members of the room that was evicted do not have ${this.said}`] : own
  }

  async leave(): Promise<void> {
    await Promise.all(this.members.map((member) => member.leave()))
  }

  private get late(): number {
    return this.members.filter(({ seq }) => seq !== this.said).length
  }

  private async evict(end: number): Promise<void> {
    while (performance.now() < end && this.members.length > 0) {
      await sleep(this.random.below(longestPause))
      await fetch(`${this.url}/evict`, { method: "POST" })
      this.evictions++
    }
  }
}
