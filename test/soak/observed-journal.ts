import type { Findings } from "./findings.ts"
import { Ledger } from "./ledger.ts"
import type { Observed, Observer } from "./observed.ts"

/** The entries that clients have sent, each of them once. */
export class SentEntries {
  private readonly entries = new Set<string>()

  next(): string {
    const entry = `entry${this.entries.size + 1}`
    this.entries.add(entry)
    return entry
  }

  has(entry: string): boolean {
    return this.entries.has(entry)
  }
}

/** An object that keeps a journal, and sends it with each new entry. */
export class ObservedJournal implements Observed {
  readonly pause = 40
  private readonly path: string
  private readonly sent = new SentEntries()
  private readonly ledger: Ledger

  constructor(path: string, findings: Findings) {
    this.path = path
    this.ledger = new Ledger(path, findings, (entry) => this.sent.has(entry))
  }

  restart(): void {
    this.ledger.restart()
  }

  observe(): Observer {
    return { path: this.path, receive: (frame) => this.receive(frame) }
  }

  receive(frame: string): void {
    this.ledger.receive(JSON.parse(frame))
  }

  message(): string {
    return this.sent.next()
  }
}

/** A journal that receives asks of Workers, too. */
export class AskedJournal extends ObservedJournal {
  private readonly question: string

  constructor(path: string, question: string, findings: Findings) {
    super(path, findings)
    this.question = question
  }

  ask(): Observer {
    return { path: `${this.question}/${this.message()}`, receive: (answer) => this.receive(answer) }
  }
}
