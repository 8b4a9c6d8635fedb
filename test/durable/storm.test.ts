import { evictDurableObject } from "cloudflare:test"
import { describe, expect, it, vi } from "vitest"
import { Random } from "../../src/testing/random.ts"
import { type Event, kinds, Room, say, seqsIn } from "../support/chat.ts"
import { closed } from "../support/client.ts"
import type { Line } from "../support/dial.ts"
import { RemoteClients } from "../support/remote-clients.ts"

/** If tests run in workerd, the environment has the variables that begin with VITE_: `VITE_STORM_SEED=7 npm test`. */
const seed = Number(process.env.VITE_STORM_SEED ?? 20_261_122)
const steps = 100

const numbers = (count: number, first = 1) => Array.from({ length: count }, (_, index) => first + index)
const textsOf = (events: readonly Event[], name: string) =>
  events.filter((event) => event.type === "said" && event.name === name).map(({ text }) => text)

/** All events that a staying member gets, until all messages were sent and all other members have left. */
async function eventsUntilCalm(line: Line, total: number): Promise<Event[]> {
  const events: Event[] = []
  const counts = { joined: 0, left: 0, said: 0 }
  let said = 0
  while (said < total || counts.joined !== counts.left) {
    const [frame] = await line.next()
    if (typeof frame !== "string") throw new Error(`Closed after ${said}: ${JSON.stringify(frame)}`)
    const event: Event = JSON.parse(frame)
    events.push(event)
    if (event.name.startsWith("goer")) counts[event.type]++
    said = event.seq ?? said
  }
  return events
}

/** The events since all staying members have joined. */
function sinceThere(events: Event[]): Event[] {
  return events.slice(events.findLastIndex(({ type, name }) => type === "joined" && name.startsWith("stayer")) + 1)
}

/** Five visiting members. They leave together, with or without a close. */
class Goers {
  private readonly clients = new RemoteClients()
  private sockets: number[] = []

  constructor(
    private readonly room: Room,
    readonly names: readonly string[],
  ) {}

  get areThere(): boolean {
    return this.sockets.length > 0
  }

  async come(): Promise<void> {
    this.sockets = await Promise.all(this.names.map((name) => this.clients.dial(this.room.pathFor(name))))
  }

  /** The events that each of them has got between its join and its end. */
  async go(how: "close" | "vanish"): Promise<Event[][]> {
    const got = await Promise.all(this.sockets.map((socket) => this.clients.take(socket)))
    this.sockets = []
    await this.clients[how]()
    return got.map((frames) => frames.map((frame): Event => JSON.parse(frame)))
  }
}

/** Without waiting for frames on their way. */
async function evict({ object }: Room): Promise<void> {
  await object.inside(() => {})
  await evictDurableObject(object.stub)
}

describe.each(kinds)(`%s with 200 members in a storm (seed ${seed})`, (kind) => {
  it("loses no message, doubles no message, and hibernates in the end", { timeout: 300_000 }, async () => {
    // Between the end of a socket and its close event, messages to it are dead letters.
    vi.spyOn(console, "warn").mockImplementation(() => {})
    const random = new Random(seed)
    const room = new Room(kind)
    const stayers = await Promise.all(numbers(150).map((n) => room.object.dial(room.pathFor(`stayer ${n}`))))
    const goers = numbers(10).map(
      (n) =>
        new Goers(
          room,
          numbers(5, n * 5 - 4).map((m) => `goer ${m}`),
        ),
    )
    await Promise.all(goers.map((group) => group.come()))

    const said = new Map(numbers(20).map((n): [number, string[]] => [n, []]))
    const seen: Event[][] = []
    let total = 0
    for (const step of numbers(steps)) {
      const chance = random.below(100)
      const group = goers[random.below(goers.length)]
      if (chance < 70) {
        const [sender, texts] = [random.below(20), numbers(1 + random.below(4)).map((n) => `${step}.${n}`)]
        stayers[sender]?.send(...texts.map(say))
        said.get(sender + 1)?.push(...texts)
        total += texts.length
      } else if (chance < 85) await evict(room)
      else if (!group?.areThere) await group?.come()
      else seen.push(...(await group.go(random.below(2) === 0 ? "close" : "vanish")))
    }
    for (const group of goers) if (group.areThere) seen.push(...(await group.go("close")))

    const all = await Promise.all(stayers.map((line) => eventsUntilCalm(line, total)))
    const [events = []] = all
    expect(seqsIn(events)).toEqual(numbers(total))
    for (const others of all) expect(JSON.stringify(sinceThere(others))).toBe(JSON.stringify(sinceThere(events)))
    for (const [n, texts] of said) expect(textsOf(events, `stayer ${n}`)).toEqual(texts)
    for (const got of seen) expect(seqsIn(got)).toEqual(numbers(seqsIn(got).length, seqsIn(got)[0]))

    expect(await room.history()).toEqual(events.filter(({ type }) => type === "said"))

    for (const line of stayers) line.close(1000)
    for (const line of stayers) {
      let [frame] = await line.next()
      while (typeof frame === "string") [frame] = await line.next()
      expect(frame).toEqual(closed(1000))
    }
    const before = await room.object.inside((object) => object)
    await room.object.sleep()
    expect(await room.object.inside((object) => object === before)).toBe(false)
    expect(await room.object.inside((_, state) => state.getWebSockets().length)).toBe(0)
    expect(await room.object.alarm()).toBeNull()
  })
})
