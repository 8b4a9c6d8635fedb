import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../../src/testing/random.ts"
import type { Histogram } from "./histogram.ts"
import { Member } from "./member.ts"

/** Almost the longest text that a room takes, three bytes a character. */
const padding = "€".repeat(1_900)
/** Between two messages, in milliseconds: 600 KB a second for each member. */
const interval = 10
/** How many messages may be on their way. */
const mostUnderway = 8
/** The longest time that a slow reader reads, or does not read, in milliseconds. */
const longestPhase = 15_000

/** A room of its own with much traffic, in which slow readers stop reading for seconds, and some read all the time. */
export class SlowReaders {
  /** How often a slow reader has stopped reading, and how often the room has closed one. */
  readonly counts = { pauses: 0, closes: 0 }
  said = 0
  private readonly readers: Member[]
  private readonly slow: Member[] = []
  private readonly gone: Member[] = []
  private readonly random = new Random(1)
  private readonly url: string
  private readonly count: number
  private isOver = false

  constructor(url: string, count: number, latencies: Histogram) {
    this.url = url
    this.count = count
    this.readers = ["reader1", "reader2"].map((name) => new Member(url, name, latencies))
  }

  get findings(): string[] {
    return [...this.readers, ...this.slow, ...this.gone].flatMap(({ findings }) => findings)
  }

  /** Joins the room; each slow reader begins to read and to pause. */
  async start(): Promise<void> {
    await Promise.all(this.readers.map((reader) => reader.join()))
    for (let index = 0; index < this.count; index++) void this.readSlowly(index)
  }

  /** Sends messages for so many milliseconds, and waits until the readers have received them all. */
  async talk(duration: number): Promise<void> {
    const end = performance.now() + duration
    while (performance.now() < end) {
      const [reader] = this.readers
      if (reader && this.said - reader.seq < mostUnderway) {
        reader.say(padding)
        this.said++
      }
      await sleep(interval)
    }
    for (let tries = 0; tries < 30 && !this.haveAll(this.readers); tries++) await sleep(100)
  }

  /** All slow readers read again; a finding for each member that does not get the last message. */
  async stop(): Promise<string[]> {
    this.isOver = true
    for (const member of this.slow) member.resume()
    const stayed = () => this.slow.filter(({ wasTooSlow }) => !wasTooSlow)
    for (let tries = 0; tries < 100 && !this.haveAll([...this.readers, ...stayed()]); tries++) await sleep(100)
    const late = [...this.readers, ...stayed()].filter(({ seq }) => seq !== this.said)
    const findings = late.map(({ seq }) => `A member of the room with slow readers has ${seq} of ${this.said} messages`)
    await Promise.all([...this.readers, ...this.slow].map((member) => member.leave("close")))
    return [...this.findings, ...findings]
  }

  private haveAll(members: readonly Member[]): boolean {
    return members.every(({ seq }) => seq === this.said)
  }

  private async readSlowly(index: number): Promise<void> {
    while (!this.isOver) {
      const member = new Member(this.url, `slow${index}`)
      this.slow[index] = member
      await member.join()
      while (!this.isOver && !member.wasTooSlow) {
        await sleep(this.random.below(longestPhase))
        if (this.isOver) return
        member.pause()
        this.counts.pauses++
        await sleep(this.random.below(longestPhase))
        member.resume()
        await sleep(100)
      }
      if (member.wasTooSlow) this.counts.closes++
      if (member.findings.length > 0) this.gone.push(member)
    }
  }
}
