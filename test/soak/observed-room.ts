import type { ChatEvent } from "../../src/examples/chat.ts"
import type { Findings } from "./findings.ts"
import { Ledger } from "./ledger.ts"
import type { Observed, Observer } from "./observed.ts"
import { SentEntries } from "./observed-journal.ts"

/** A chat room: its history is a journal of texts. */
export class ObservedRoom implements Observed {
  readonly pause = 40
  private readonly path: string
  private readonly sent = new SentEntries()
  private readonly ledger: Ledger
  private members = 0

  constructor(path: string, findings: Findings) {
    this.path = path
    this.ledger = new Ledger(path, findings, (entry) => this.sent.has(entry))
  }

  restart(): void {
    this.ledger.restart()
  }

  observe(): Observer {
    const name = `member${++this.members}`
    // The history comes first, message by message, and ends with the member's own join.
    let history: string[] | undefined = []
    let count = 0
    const receive = (frame: string) => {
      const event: ChatEvent = JSON.parse(frame)
      if (event.type === "said") {
        count = event.seq
        if (history) history.push(event.text)
        else this.ledger.receive({ count, tail: [event.text] })
      } else if (history && event.type === "joined" && event.name === name) {
        this.ledger.receive({ count, tail: history })
        history = undefined
      }
    }
    return { path: `${this.path}?name=${name}`, receive }
  }

  message(): string {
    return JSON.stringify({ type: "say", text: this.sent.next() })
  }
}
