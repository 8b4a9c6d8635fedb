import type { Random } from "../../src/testing/random.ts"
import type { Findings } from "./findings.ts"
import type { Journal } from "./journal.ts"
import type { TimerSet } from "./journal-actors.ts"
import { Ledger } from "./ledger.ts"
import type { Observed, Observer } from "./observed.ts"
import { SentEntries } from "./observed-journal.ts"

/** The longest delay of a timer, in milliseconds. */
export const longestDelay = 1_000

/** An actor that sets timers: each acknowledged timer must make its entry, once, through any kills. */
export class ObservedTimers implements Observed {
  readonly pause = 200
  private readonly path: string
  private readonly findings: Findings
  private readonly sent = new SentEntries()
  private readonly ledger: Ledger
  private readonly acknowledged = new Set<string>()

  constructor(path: string, findings: Findings) {
    this.path = path
    this.findings = findings
    this.ledger = new Ledger(path, findings, (entry) => this.sent.has(entry))
  }

  restart(): void {
    this.ledger.restart()
  }

  observe(): Observer {
    const receive = (text: string) => {
      const frame: Journal | TimerSet = JSON.parse(text)
      if ("set" in frame) this.acknowledge(frame.set)
      else this.ledger.receive(frame)
    }
    return { path: this.path, receive }
  }

  message(random: Random): string {
    return `${this.sent.next()} ${random.below(longestDelay)}`
  }

  /** Timers that fired only at the end were fired by a client, not by the alarm. */
  checkTimers(end: number): void {
    for (const entry of this.acknowledged) {
      const [, firedAt] = this.ledger.find(entry)?.split("@") ?? []
      if (firedAt !== undefined && Number(firedAt) < end) continue
      const what = firedAt === undefined ? "did not fire" : "fired when a client came"
      this.findings.add("timers that never fired", `${this.path} acknowledged the timer of "${entry}", which ${what}`)
    }
  }

  private acknowledge(entry: string): void {
    if (!this.acknowledged.has(entry)) this.findings.received++
    this.acknowledged.add(entry)
  }
}
