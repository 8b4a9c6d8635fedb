/** The events of one session on the server, as an omniscient observer records them. */
export interface SessionLog {
  emitted: string[]
  /** The number of the hub's first element after it has begun. */
  joined: number
  handled: string[]
  /** How often the connection has ended. */
  left: number
  /** The code with which its flow has ended. */
  code: number | undefined
  /** Why the session may be gone. */
  excuse: string | undefined
}

/** The logs of an object. A kill rolls them back with the storage, because events that were not durable have not happened. */
export class Logs {
  private logs = new Map<string, SessionLog>()
  private durable = new Map<string, SessionLog>()

  of(id: string): SessionLog {
    const log = this.logs.get(id) ?? {
      emitted: [],
      joined: 0,
      handled: [],
      left: 0,
      code: undefined,
      excuse: undefined,
    }
    this.logs.set(id, log)
    return log
  }

  get all(): [id: string, log: SessionLog][] {
    return [...this.logs]
  }

  /** The durable events. */
  durableOf(id: string): SessionLog | undefined {
    return this.durable.get(id)
  }

  /** A transaction is over. Returns a function that makes its part of the logs durable. */
  readonly mark = (): (() => void) => {
    const copy = copyOf(this.logs)
    return () => {
      this.durable = copy
    }
  }

  kill(): void {
    this.logs = copyOf(this.durable)
  }
}

function copyOf(logs: Map<string, SessionLog>): Map<string, SessionLog> {
  return new Map(
    [...logs].map(([id, log]) => [id, { ...log, emitted: [...log.emitted], handled: [...log.handled] }] as const),
  )
}
