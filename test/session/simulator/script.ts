import fc from "fast-check"
import { decodeOffer } from "../../../src/session/offer.ts"
import { Random } from "../../../src/testing/random.ts"
import { checkAlways, checkHealed, checkOver, checkWelcome } from "./laws.ts"
import type { Link } from "./link.ts"
import type { Settings } from "./settings.ts"
import { SimulatedClient } from "./simulated-client.ts"
import { SimulatedObject } from "./simulated-object.ts"

/** One event. `at` chooses among clients or links, and `n` is a count or a duration. */
interface Step {
  kind: keyof typeof weights
  words: string
  at: number
  n: number
}

/** The frequency of each event. */
const weights = {
  send: 10,
  arriveAtServer: 12,
  arriveAtClient: 12,
  commit: 10,
  tick: 3,
  publish: 6,
  slow: 2,
  cut: 3,
  notice: 3,
  reconnect: 6,
  abandon: 1,
  arriveLate: 3,
  hibernate: 4,
  kill: 1,
  wait: 1,
  sweep: 1,
  close: 0.2,
}

const words = ["one", "one effect", "three", "effect", "nothing", "big", "one", "three effect", "bye"]

export const scripts = fc.record({
  seed: fc.nat(),
  steps: fc.array(
    fc.record<Step>({
      kind: fc.oneof(
        ...Object.entries(weights).map(([kind, weight]) => ({
          weight: weight * 5,
          arbitrary: fc.constant(kind as keyof typeof weights),
        })),
      ),
      words: fc.constantFrom(...words, ...words.slice(0, -1), ...words.slice(0, -1)),
      at: fc.nat(5),
      n: fc.nat(4),
    }),
    { minLength: 5, maxLength: 120, size: "max" },
  ),
})

export type Script = typeof scripts extends fc.Arbitrary<infer Value> ? Value : never

/** Plays a script. Throws where a law is broken. */
export function play({ seed, steps }: Script, settings: Settings): void {
  new Simulation(new Random(seed), settings).play(steps)
}

/** An object, two clients, and the sockets between them. */
class Simulation {
  private readonly object: SimulatedObject
  private readonly clients: [SimulatedClient, SimulatedClient]
  /** Clients that have closed. */
  private readonly gone: SimulatedClient[] = []
  /** Sockets that their clients have given up. */
  private readonly abandoned: Link[] = []
  private sent = 0

  constructor(
    random: Random,
    private readonly settings: Settings,
  ) {
    this.object = new SimulatedObject(settings, () => random.below(1e9))
    this.clients = [this.newClient(), this.newClient()]
  }

  play(steps: readonly Step[]): void {
    for (const client of this.clients) this.connect(client)
    for (const step of steps) {
      this.take(step)
      checkAlways(this.object, [...this.clients, ...this.gone], this.settings)
    }
    this.heal()
    checkHealed(this.object, this.clients, this.settings)
    this.end()
    checkOver(this.object, [...this.clients, ...this.gone], this.settings)
  }

  private take({ kind, words, at, n }: Step): void {
    const { object } = this
    const side = at % 2 === 0 ? 0 : 1
    const client = this.clients[side]
    const { link } = client
    if (kind === "send" && !client.isClosed) client.send(`${this.sent++} ${words}`)
    if (kind === "arriveAtServer" && link) object.receive(link)
    if (kind === "arriveAtClient") client.receive()
    if (kind === "commit") object.storage.commit()
    if (kind === "tick") object.tick()
    // Two in five elements are not for one of the clients.
    if (kind === "publish") object.publish(n < 2 ? client.chapter.id : undefined)
    if (kind === "slow" && link) this.slow(link)
    if (kind === "cut" && !client.isClosed) link?.cut(n, at)
    if (kind === "notice") this.notice(at)
    if (kind === "reconnect" && client.isClosed) this.replace(side)
    if (kind === "reconnect" && client.hasLost) this.connect(client)
    if (kind === "abandon" && !client.isClosed) this.connect(client)
    if (kind === "arriveLate") this.arriveLate(at)
    if (kind === "hibernate") object.hibernate()
    if (kind === "kill") object.kill(n)
    if (kind === "wait") object.now += (n + 1) * 100
    if (kind === "sweep") object.sweep()
    if (kind === "close" && !client.isClosed) client.close(1000)
  }

  private newClient(): SimulatedClient {
    const client = new SimulatedClient(this.settings)
    client.onWelcome = (id, resumed) => checkWelcome(this.object, client, id, resumed)
    return client
  }

  private connect(client: SimulatedClient): void {
    if (client.link) this.abandoned.push(client.link)
    const link = client.connect()
    const { session = "" } = decodeOffer(link.offered) ?? {}
    const entry = this.object.find(session)
    link.isTooLate = entry !== undefined && this.object.isExpired(entry)
    this.object.accept(link)
  }

  private replace(side: 0 | 1): void {
    this.gone.push(this.clients[side])
    this.clients[side] = this.newClient()
    this.connect(this.clients[side])
  }

  private slow(link: Link): void {
    link.isSlow = !link.isSlow
    if (!link.isSlow) this.object.reevaluate()
  }

  private notice(at: number): void {
    const lost = [...this.object.links].filter((link) => link.isCut && link.toServer.length === 0)
    const link = lost[at % lost.length]
    if (link) this.object.notice(link)
  }

  /** Packets in flight on an old socket arrive after all. */
  private arriveLate(at: number): void {
    const link = this.abandoned[at % this.abandoned.length]
    if (link) this.object.receive(link)
  }

  private heal(): void {
    for (const link of this.abandoned) link.cut(0, 0)
    for (const link of this.object.links) link.isSlow = false
    this.object.reevaluate()
    for (const link of [...this.object.links]) if (link.isCut) this.object.notice(link)
    for (let round = 0; round < 1_000; round++) {
      for (const client of this.clients) if (!client.isClosed && client.hasLost) this.connect(client)
      const links = [...this.object.links]
      const isQuiet =
        links.every(({ toServer }) => toServer.length === 0) &&
        this.clients.every(({ link }) => !link || link.toClient.length === 0)
      if (isQuiet && !this.object.storage.commit()) return
      for (const link of links) this.object.receive(link)
      this.object.storage.commitAll()
      for (const client of this.clients) client.receive()
    }
    throw new Error("the network is never quiet")
  }

  /** All clients close, and the rest of their sessions expires. */
  private end(): void {
    for (const client of this.clients) if (!client.isClosed) client.close(1000)
    for (const link of [...this.object.links]) while (link.toServer.length > 0) this.object.receive(link)
    for (const link of [...this.object.links]) this.object.notice(link)
    this.object.sweep()
    this.object.now += this.settings.within + 1
    this.object.sweep()
    this.object.storage.commitAll()
  }
}
