import { vi } from "vitest"
import { type CloseFrame, closed } from "./client.ts"
import type { Line } from "./dial.ts"
import { TestObject } from "./test-object.ts"

/** The beginning of the keys of the rows with messages. */
const log = "sluice:hub:said:"

/** The room that is an actor, and the one that is a hub. */
export const kinds = ["CHAT_ROOM", "HUB_ROOM"] as const

/** An event that a member receives. */
export type Event = { type: "joined" | "left" | "said"; name: string; text?: string; seq?: number; at?: number }

export const joined = (name: string): Event => ({ type: "joined", name })
export const left = (name: string): Event => ({ type: "left", name })
export const said = (name: string, text: string, seq: number): Event => ({ type: "said", name, text, seq })
export const say = (text: string) => JSON.stringify({ type: "say", text })

/** All events up to the message of this number. */
export async function eventsUntil(line: Line, seq: number): Promise<Event[]> {
  const events: Event[] = []
  while (events.at(-1)?.seq !== seq) {
    const [frame] = await line.next()
    if (typeof frame !== "string") throw new Error(`Closed before ${seq}: ${JSON.stringify(frame)}`)
    events.push(JSON.parse(frame))
  }
  return events
}

/** The numbers of the messages. */
export function seqsIn(events: readonly Event[]): number[] {
  return events.flatMap(({ seq }) => seq ?? [])
}

/** A chat room that hibernates before each event. */
export class Room {
  readonly object: TestObject

  constructor(private readonly kind: (typeof kinds)[number]) {
    this.object = new TestObject(kind)
  }

  pathFor(name: string): string {
    const rooms = this.kind === "CHAT_ROOM" ? "rooms" : "hub-rooms"
    return `/${rooms}/${this.object.id}?name=${encodeURIComponent(name)}`
  }

  async join(name: string): Promise<Member> {
    await this.object.sleep()
    return new Member(this.object, await this.object.dial(this.pathFor(name)))
  }

  /** How many rows of messages `happens` writes. */
  async rowsWrittenBy(happens: () => Promise<unknown>): Promise<number> {
    const kv: SyncKvStorage = await this.object.inside((_, { storage }) => Object.getPrototypeOf(storage.kv))
    const put = vi.spyOn(kv, "put")
    await happens()
    const keys = put.mock.calls.map(([key]) => key)
    put.mockRestore()
    return keys.filter((key) => key.startsWith(log)).length
  }

  /** The messages that are kept, the oldest first. */
  history(): Promise<Event[]> {
    return this.object.inside((_, { storage }) => {
      const rows = [...storage.kv.list<[layout: number, number: number, keep: number, said: Event]>({ prefix: log })]
      return rows
        .map(([, row]) => row)
        .sort(([, one], [, other]) => one - other)
        .map(([, , , said]) => said)
    })
  }
}

export class Member {
  constructor(
    private readonly object: TestObject,
    readonly line: Line,
  ) {}

  async say(...texts: string[]): Promise<void> {
    await this.object.sleep()
    this.line.send(...texts.map(say))
  }

  /** The next events, without the times of messages. */
  async next(count = 1): Promise<(Event | CloseFrame)[]> {
    const frames = await this.line.next(count)
    return frames.map((frame) => {
      if (typeof frame !== "string") return frame as CloseFrame
      const { at: _, ...event } = JSON.parse(frame)
      return event
    })
  }

  /** Closes, and expects no frame but the answer. */
  async leave(): Promise<void> {
    await this.object.sleep()
    this.line.close(4000, "bye")
    const [frame] = await this.next()
    if (JSON.stringify(frame) !== JSON.stringify(closed(4000, "bye"))) {
      throw new Error(`There was more to read than the close: ${JSON.stringify(frame)}`)
    }
  }
}
