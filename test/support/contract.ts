import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { logged } from "./worker-log.ts"
import { connect, type WsClient } from "./ws-client.ts"

/** Where the contract's endpoints are mounted: the same for every target. */
export const targets = [
  { name: "Worker", path: "/worker" },
  { name: "Durable Object", path: "/object" },
]

const mark = "that is all"

/** The log of the Worker up to now. */
export async function logSoFar(): Promise<string> {
  const id = randomUUID()
  await fetch(`${inject("contractUrl")}/log/${id}`, { method: "POST" })
  return logged(inject("contractLog"), new RegExp(id))
}

/** The notes of one test's flows in the Worker. */
export class Observer {
  private constructor(
    private readonly id: string,
    private readonly log: WsClient,
  ) {}

  static async start(): Promise<Observer> {
    const id = randomUUID()
    return new Observer(id, await connect(`${inject("contractUrl")}/log?id=${id}`))
  }

  /** The address of an endpoint whose flow sends its notes to this observer. */
  url(endpoint: string, query: Record<string, string> = {}): string {
    return `${inject("contractUrl")}${endpoint}?${new URLSearchParams({ ...query, id: this.id })}`
  }

  /** The next note, as soon as it is written. */
  async next(): Promise<string> {
    return String(await this.log.next())
  }

  async take(count: number): Promise<string[]> {
    return (await this.log.take(count)).map(String)
  }

  /** The notes up to now, without those that were taken before. */
  async rest(): Promise<string[]> {
    this.log.send(mark)
    const notes: string[] = []
    for (let note = await this.next(); note !== mark; note = await this.next()) notes.push(note)
    return notes
  }

  /** Releases the waiting elements in a `gated` flow of a target. */
  async openGate(path: string): Promise<void> {
    await fetch(`${inject("contractUrl")}${path}/gate?id=${this.id}`, { method: "POST" })
  }
}
