import type { Random } from "../../src/testing/random.ts"
import type { Findings } from "./findings.ts"
import type { Observed, Observer } from "./observed.ts"

/** A stopwatch that is started and stopped, and never reset: each second is sent once, for good. */
export class ObservedStopwatch implements Observed {
  readonly pause = 300
  private readonly path: string
  private readonly findings: Findings
  private latest = -1
  /** The last second that was received before the process started. */
  private before = -1

  constructor(path: string, findings: Findings) {
    this.path = path
    this.findings = findings
  }

  restart(): void {
    this.before = this.latest
  }

  observe(): Observer {
    let last = this.before
    const receive = (frame: string) => {
      const second = Number(frame)
      if (second <= last) this.findings.add("doubled", `${this.path} sent second ${second} after second ${last}`)
      if (second > this.latest) this.findings.received++
      last = second
      this.latest = Math.max(this.latest, second)
    }
    return { path: this.path, receive }
  }

  message(random: Random): string {
    return random.below(8) === 0 ? "stop" : "start"
  }
}
