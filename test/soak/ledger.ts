import type { Findings } from "./findings.ts"
import { entriesOf, type Journal } from "./journal.ts"

/** The identity of an entry, without the time after its `@` at which it was made. */
const identityOf = (entry: string) => entry.replace(/@.*/, "")

/** All entries of one object that clients have received, against which every later frame is checked. */
export class Ledger {
  private readonly entries = new Map<number, string>()
  private readonly numbers = new Map<string, number>()
  private latest = 0
  /** The last number that was received before the process started. */
  private before = 0

  private readonly name: string
  private readonly findings: Findings
  private readonly wasSent: (identity: string) => boolean

  constructor(name: string, findings: Findings, wasSent: (identity: string) => boolean) {
    this.name = name
    this.findings = findings
    this.wasSent = wasSent
  }

  /** The process was started anew: the frames of its clients must continue from the last number. */
  restart(): void {
    this.before = this.latest
  }

  /** The entry of this identity, with the time at which it was made, if clients have received it. */
  find(identity: string): string | undefined {
    const number = this.numbers.get(identity)
    return number === undefined ? undefined : this.entries.get(number)
  }

  receive(journal: Journal): void {
    if (journal.count < this.before) this.lose(journal.count)
    for (const [number, entry] of entriesOf(journal)) this.check(number, entry)
    this.latest = Math.max(this.latest, journal.count)
  }

  private lose(latest: number): void {
    for (let number = latest + 1; number <= this.before; number++) {
      const entry = this.entries.get(number)
      if (entry === undefined) continue
      this.findings.add("lost", `${this.name} sent ${number} "${entry}", and ends with ${latest} now`)
      this.entries.delete(number)
      this.numbers.delete(identityOf(entry))
    }
    this.before = latest
    this.latest = latest
  }

  private check(number: number, entry: string): void {
    const known = this.entries.get(number)
    if (known === entry) return
    if (known !== undefined) {
      this.findings.add("renumbered", `${this.name} sent ${number} "${known}", and then ${number} "${entry}"`)
      this.numbers.delete(identityOf(known))
      this.before = Math.min(this.before, number - 1)
    } else this.findings.received++
    const identity = identityOf(entry)
    const other = this.numbers.get(identity)
    if (other !== undefined)
      this.findings.add("doubled", `${this.name} sent "${identity}" as ${other} and as ${number}`)
    if (!this.wasSent(identity)) this.findings.add("invented", `${this.name} sent "${entry}", which no client had sent`)
    this.entries.set(number, entry)
    this.numbers.set(identity, number)
  }
}
