import fc from "fast-check"
import { Flow, type Source, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const hubs = ["short", "long", "parted", "plain"] as const
type HubName = (typeof hubs)[number]

const shapes = {
  direct: (source: Source<string>) => source,
  mapped: (source) => source.map((line) => line),
  slow: (source) => source.throttle(1, 100),
  delayed: (source) => source.delay(55),
  grouped: (source) => source.groupedWithin(3, 70).map((lines) => lines.join()),
  counted: (source) => source.zipWithIndex().map(([line, index]) => `${index}: ${line}`),
  taking: (source) => source.take(3),
} satisfies Record<string, (source: Source<string>) => Source<string>>
type Shape = keyof typeof shapes

interface Member {
  hub: HubName
  shape: Shape
  /** The hub that it publishes to. */
  to: HubName
  last: number
}

/** Members publish their lines, "not me" to all others. */
class House extends FlowObject<unknown, Member> {
  readonly short = this.hub<string>("short", { keep: 2 })
  readonly long = this.hub<string>("long", { keep: 50 })
  readonly parted = this.hub<string>("parted", { partition: (ids, line) => ids[line.length % ids.length] })
  readonly plain = this.hub<string>("plain")

  protected accept({ id, data: { hub, shape, to, last } }: ConnectionContext<Member>) {
    const said = Flow.of<string>().mapConcat((lines) => {
      if (lines !== "not me") return lines.split(",")
      this[to].publish(lines, { except: id })
      return []
    })
    const source = hub === "short" || hub === "long" ? this[hub].source({ last }) : this[hub].source({ bufferSize: 4 })
    return webSocket.endpoint(text, Flow.fromSinkAndSource(said.to(this[to].sink()), shapes[shape](source)))
  }

  empty(): void {
    void this.ctx.storage.deleteAll()
  }

  transaction(hub: HubName, fails: boolean): void {
    try {
      this.ctx.storage.transactionSync(() => {
        for (const line of ["t", "tt"]) this[hub].publish(line)
        if (fails) throw new Error("Rolled back, as the test wants it")
      })
    } catch {}
  }
}

const aHub = fc.constantFrom(...hubs)
const member: fc.Arbitrary<Member> = fc.record({
  hub: aHub,
  shape: fc.constantFrom(...(Object.keys(shapes) as Shape[])),
  to: aHub,
  last: fc.constantFrom(0, 0, 4),
})
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ send: fc.constantFrom("a", "bb", "a,bb,ccc,dddd", "not me"), client: fc.nat(3) }),
  },
  { weight: 3, arbitrary: fc.record({ publish: fc.constantFrom("e", "ff", "ggg"), hub: aHub }) },
  { weight: 4, arbitrary: fc.record({ advance: fc.constantFrom(10, 60, 100, 350) }) },
  { weight: 1, arbitrary: fc.constant("empty" as const) },
  { weight: 1, arbitrary: fc.record({ transaction: aHub, fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ close: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ join: member }) },
)
const script = fc.array(fc.record({ what: step, sleeps: fc.boolean() }), { maxLength: 25, size: "max" })
type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never

/** What the members receive, and how many elements the logs have. */
async function play(members: readonly Member[], script: Script, sleeps: boolean): Promise<unknown> {
  vi.useRealTimers()
  let ids = 10
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => `00000000-0000-4000-8000-0000000000${ids++}` as const)
  const object = new MemoryObject(House)
  const sockets: MemorySocket[] = []
  for (const member of members) sockets.push(await object.connect(member))
  for (const { what, sleeps: isPause } of script) {
    const { instance } = object
    if (what === "empty") instance.empty()
    else if ("send" in what) withOpen(sockets[what.client], (socket) => object.send(socket, what.send))
    else if ("publish" in what) instance[what.hub].publish(what.publish)
    else if ("advance" in what) object.advance(what.advance)
    else if ("transaction" in what) instance.transaction(what.transaction, what.fails)
    else if ("close" in what) withOpen(sockets[what.close], (socket) => object.close(socket, 1000, ""))
    else sockets.push(await object.connect(what.join))
    if (isPause && sleeps) await object.evict()
    else if (isPause) object.stall(1)
  }
  for (let round = 0; round < 30; round++) object.advance(1_000)
  const { short, long } = object.instance
  return { received: sockets.map(({ received }) => received), published: [short.published, long.published] }
}

function withOpen(socket: MemorySocket | undefined, act: (socket: MemorySocket) => void): void {
  if (socket && !socket.isClosed) act(socket)
}

it("subscribers of hubs receive the same with and without hibernation, through deleteAll and transactions too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(member, { minLength: 2, maxLength: 4 }), script, async (members, script) => {
      expect(await play(members, script, true)).toEqual(await play(members, script, false))
    }),
    { numRuns: Number(process.env.HUB_SCRIPTS ?? 300) },
  )
}, 600_000)
