import { randomUUID } from "node:crypto"
import { get, type IncomingMessage } from "node:http"
import { json } from "node:stream/consumers"
import { setTimeout as sleep } from "node:timers/promises"
import { Random } from "../../src/testing/random.ts"
import { Workerd } from "../bench/harness/workerd.ts"
import { Crowd } from "./crowd.ts"
import { EvictedRoom } from "./evicted-room.ts"
import { Histogram } from "./histogram.ts"
import { MemoryTrend } from "./memory-trend.ts"
import type { RoomState } from "./room-worker.ts"
import { SlowReaders } from "./slow-readers.ts"

/** An object hibernates after 10 s without an event. */
const silence = 13_000
/** The longest time between two silences, and half of the shortest. */
const talk = 45_000

export interface RoomSoakOptions {
  /** Members that stay in the room. */
  readonly sockets: number
  readonly minutes: number
  /** Messages that members receive in a second, all of them together. */
  readonly deliveries: number
  /** Members of a second room that read slowly. */
  readonly slowReaders: number
  /** Members that have sessions, and lose their sockets. */
  readonly resuming: number
  /** Members of a third room, all with sessions, whose object is evicted by force. */
  readonly evicted: number
}

/**
 * One large room for a while, with rounds of messages and silences in which it hibernates, beside a room with slow readers and one whose
 * object is evicted by force. Under plain workerd, where a socket is two open files; the proxy of `wrangler dev` takes more: see
 * `ulimit -n`.
 */
export class RoomSoak {
  private readonly latencies = new Histogram()
  private readonly slowRoomLatencies = new Histogram()
  private readonly states: RoomState[] = []
  private readonly random = new Random(1)
  private readonly options: RoomSoakOptions
  private readonly report: (line: string) => void

  constructor(options: RoomSoakOptions, report: (line: string) => void) {
    this.options = options
    this.report = report
  }

  /** Resolves with the findings, when all members have left. */
  async run(): Promise<string[]> {
    const server = await Workerd.start("../soak/room-worker.ts")
    const memory = new MemoryTrend(server.pid)
    try {
      return await this.soak(`http://127.0.0.1:${server.port}/rooms`, memory)
    } finally {
      memory.stop()
      await server.stop()
    }
  }

  private async soak(rooms: string, memory: MemoryTrend): Promise<string[]> {
    const { sockets, minutes, deliveries, slowReaders, resuming, evicted } = this.options
    const [room, slowRoom, evictedRoom] = [randomUUID(), randomUUID(), randomUUID()].map((name) => `${rooms}/${name}`)
    if (!room || !slowRoom || !evictedRoom) throw new Error("A room has no name")
    const state = () => stateOf(room)
    const crowd = new Crowd(room, this.latencies)
    const slow = new SlowReaders(slowRoom, slowReaders, this.slowRoomLatencies)
    const evictions = new EvictedRoom(evictedRoom, evicted)
    this.report(`${sockets} sockets, ${minutes} minutes; workerd has ${memory.now} before the first of them`)
    await crowd.fill(sockets, resuming, (members) => this.report(`${members} members have joined`))
    await Promise.all([slow.start(), evictions.start()])
    this.report(`All members have joined; workerd has ${memory.now}`)

    const end = performance.now() + minutes * 60_000
    do {
      const duration = Math.min(talk / 2 + this.random.below(talk / 2), end - performance.now())
      await Promise.all([
        crowd.talk(duration, (1000 * sockets) / deliveries),
        slow.talk(duration),
        evictions.talk(duration),
      ])
      await sleep(silence)
      this.states.push(await state())
      // The first round warms up.
      memory.start()
      const { instance } = this.states.at(-1) ?? {}
      this.report(`${crowd.said} messages; workerd has ${memory.now}; instance ${instance?.slice(0, 8)}`)
    } while (performance.now() < end && crowd.findings.length === 0)
    memory.stop()

    const findings = [
      ...crowd.findings,
      ...crowd.missed,
      ...(await slow.stop()),
      ...evictions.findings,
      ...memory.findings,
    ]
    if (this.hibernations === 0 && this.states.length > 1) findings.push("The room has never hibernated")
    this.summarise(crowd, slow, evictions, memory)
    await Promise.all([crowd.leave(), evictions.leave()])
    await sleep(silence)
    const { sockets: left } = await state()
    if (left > 0) findings.push(`${left} sockets are left`)
    this.report(`All members have left; ${left} sockets, workerd has ${memory.now}`)
    return findings
  }

  private summarise(
    { said, visits, drops }: Crowd,
    slow: SlowReaders,
    evicted: EvictedRoom,
    memory: MemoryTrend,
  ): void {
    const delivered = said * this.options.sockets
    this.report(`Messages: ${said}, ${delivered} deliveries; visitors: ${visits.joined} joined, ${visits.left} left`)
    this.report(`Sockets that resuming members have lost: ${drops}`)
    this.report(`Room that was evicted by force: ${evicted.evictions} evictions, ${evicted.said} messages`)
    this.report(`Latency: ${this.latencies}`)
    this.report(
      `Room with slow readers: ${slow.said} messages, ${slow.counts.pauses} pauses, ${slow.counts.closes} closes`,
    )
    this.report(`Latency of its other readers: ${this.slowRoomLatencies}`)
    this.report(`Memory after the first round: ${memory}`)
    this.report(`Hibernations: ${this.hibernations} of ${this.states.length - 1}`)
  }

  private get hibernations(): number {
    return new Set(this.states.map(({ instance }) => instance)).size - 1
  }
}

/** `fetch` waits for five minutes, and a room whose 5,000 members leave at once tells each of them of the others first. */
async function stateOf(room: string): Promise<RoomState> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${room}/state`, resolve).on("error", reject)
  })
  return (await json(response)) as RoomState
}
