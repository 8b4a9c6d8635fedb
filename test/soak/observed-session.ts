import { ClientSession } from "../../src/session/client-session.ts"
import type { Findings } from "./findings.ts"
import type { Observed, Observer } from "./observed.ts"

/** Clients with durable sessions. Each goes through a socket a process, and must be answered once for each message, in order. */
export class ObservedSessions implements Observed {
  readonly pause = 40
  private readonly path: string
  private readonly findings: Findings
  private readonly clients: SessionClient[] = []
  private free: SessionClient[] = []

  constructor(path: string, findings: Findings) {
    this.path = path
    this.findings = findings
  }

  restart(): void {
    this.free = [...this.clients]
  }

  observe(): Observer {
    let client = this.free.shift()
    if (!client) {
      client = new SessionClient(`${this.path} ${this.clients.length}`, this.findings)
      this.clients.push(client)
    }
    return client.observer(this.path)
  }

  /** Each client has messages of its own. */
  message(): undefined {}
}

class SessionClient {
  private readonly session = new ClientSession("text")
  private readonly name: string
  private readonly findings: Findings
  private sent = 0
  private answered = 0

  constructor(name: string, findings: Findings) {
    this.name = name
    this.findings = findings
  }

  observer(path: string): Observer {
    let send: (frame: string) => void = () => {}
    const flush = () => {
      for (const frame of this.session.flush()) send(String(frame))
    }
    return {
      path,
      protocols: this.session.offer(),
      open: (sendFrame) => {
        send = sendFrame
      },
      receive: (frame) => {
        this.receive(frame)
        flush()
      },
      message: () => {
        this.session.send(`message ${++this.sent}`)
        flush()
      },
    }
  }

  private receive(frame: string): void {
    const arrival = this.session.receive(frame)
    if (!arrival) throw new Error(`The session does not take ${frame}`)
    const { messages, resync } = arrival
    if (resync) {
      this.findings.add("lost", `${this.name} had to begin anew with ${resync.length} unconfirmed messages`)
      this.answered = 0
      this.sent = 0
    }
    for (const answer of messages) this.check(String(answer))
  }

  /** An answer has the number that the server counts, and that of the message. */
  private check(answer: string): void {
    const number = ++this.answered
    if (answer === `${number}: message ${number}`) {
      this.findings.received++
      return
    }
    const counted = Number.parseInt(answer, 10)
    const kind = counted < number ? "doubled" : "lost"
    this.findings.add(kind, `${this.name} was answered "${answer}" to message ${number}`)
    this.answered = counted
  }
}
