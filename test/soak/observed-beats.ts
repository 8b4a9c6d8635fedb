import type { Findings } from "./findings.ts"
import { emptyJournal, type Journal } from "./journal.ts"
import { Ledger } from "./ledger.ts"
import type { Observed, Observer } from "./observed.ts"

/** An actor with a timer at a fixed rate: its entries are the times at which that fired. Clients send nothing. */
export class ObservedBeats implements Observed {
  readonly pause = 1_000
  private readonly path: string
  private readonly findings: Findings
  private readonly ledger: Ledger
  private latest: Journal = emptyJournal

  constructor(path: string, findings: Findings) {
    this.path = path
    this.findings = findings
    this.ledger = new Ledger(path, findings, (entry) => entry.startsWith("beat "))
  }

  restart(): void {
    this.ledger.restart()
  }

  observe(): Observer {
    const receive = (frame: string) => {
      this.latest = JSON.parse(frame)
      this.ledger.receive(this.latest)
    }
    return { path: this.path, receive }
  }

  message(): undefined {}

  checkTimers(end: number, silence: number): void {
    const times = this.latest.tail.map((entry) => Number(entry.replace("beat ", "")))
    if (times.some((time) => end - silence < time && time < end)) return
    this.findings.add("timers that never fired", `${this.path} made no entry in a silence of ${silence} ms`)
  }
}
