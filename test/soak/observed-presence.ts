import type { Findings } from "./findings.ts"
import type { Present } from "./journal-actors.ts"
import type { Observed, Observer } from "./observed.ts"

/** An object that counts its members. Those of a process that was killed are gone, and each has left once. */
export class ObservedPresence implements Observed {
  readonly pause = 40
  private readonly path: string
  private readonly findings: Findings
  private connected = 0
  private strangers = 0

  constructor(path: string, findings: Findings) {
    this.path = path
    this.findings = findings
  }

  restart(): void {
    this.connected = 0
  }

  observe(): Observer {
    this.connected++
    return { path: this.path, receive: (frame) => this.receive(JSON.parse(frame)) }
  }

  message(): string {
    return "present?"
  }

  private receive({ present, strangers }: Present): void {
    this.findings.received++
    if (present > this.connected)
      this.findings.add("stale members", `${this.path} has ${present} members, and ${this.connected} have connected`)
    if (strangers > this.strangers)
      this.findings.add("doubled", `${this.path} was told ${strangers} times that a member left who was not there`)
    this.strangers = Math.max(this.strangers, strangers)
  }
}
