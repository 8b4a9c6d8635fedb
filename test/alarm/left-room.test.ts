import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Flow, text, webSocket } from "sluice"
import { Actor, type ActorRef, Source as ActorSource, Props, Sink } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

setFlagsFromString("--expose-gc")
const collectGarbage = runInNewContext("gc") as () => void

const [visits, members] = [10, 500]

/** Watches its members, and counts them. */
class Host extends Actor<ActorRef<string> | "left"> {
  override state = 0

  receive(message: ActorRef<string> | "left") {
    if (message === "left") {
      this.state--
      return
    }
    this.state++
    this.context.watchWith(message, "left")
    message.tell("welcome")
  }
}

/** A value for each connection, which its flow keeps. */
let kept: WeakRef<object>[] = []

class Room extends FlowObject {
  private readonly news = this.hub<string>("news")
  private readonly count = this.cell("count", 0)
  private readonly numbered = this.share(
    "numbered",
    this.news
      .source()
      .zipWithIndex()
      .map(([text, n]) => `${n} ${text}`),
  )
  private readonly host = this.actor("host", Props.of(Host))

  protected accept(context: ConnectionContext) {
    const own = { texts: 0 }
    kept.push(new WeakRef(own), new WeakRef(context))
    const { ref, source } = ActorSource.actorRef<string>()
    const said = Flow.of<string>().map((text) => {
      own.texts++
      this.count.set(this.count.get() + 1)
      return text
    })
    const known = Flow.of<string>()
      .filter(() => false)
      .map(() => ref)
      .to(Sink.actorRef(this.host, { onInitMessage: ref }))
    const both = said.alsoTo(known).to(this.news.sink())
    return webSocket.endpoint(text, Flow.fromSinkAndSource(both, source.merge(this.numbered)), {
      limits: { idleTimeout: "1 hour", messagesPerSecond: 100 },
    })
  }
}

beforeEach(() => {
  logged()
  kept = []
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** The number of entries of all lists, maps and sets that can be reached from an object, without those of the runtime. */
function entriesIn(object: object, ...left: unknown[]): number {
  const seen = new Set(left)
  const pending: unknown[] = [object]
  let entries = 0
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value !== "object" || value === null || seen.has(value)) continue
    seen.add(value)
    const isCollection = Array.isArray(value) || value instanceof Map || value instanceof Set
    if (isCollection) entries += [...value].length
    if (value instanceof Map) pending.push(...value.keys(), ...value.values())
    else if (isCollection) pending.push(...value)
    for (const key of Reflect.ownKeys(value)) pending.push(Reflect.getOwnPropertyDescriptor(value, key)?.value)
  }
  return entries
}

it(`an object keeps nothing of ${visits * members} clients that have left (fault 51)`, {
  timeout: 120_000,
}, async () => {
  const object = new MemoryObject(Room)
  const visit = async (count: number) => {
    const sockets = []
    for (let number = 0; number < count; number++) sockets.push(await object.connect())
    object.send(sockets[0] as never, "hello")
    sockets.forEach((socket, index) => {
      if (index % 2 === 0) object.close(socket, 1000, "")
      else object.drop(socket)
    })
    return sockets.every(({ received }) => received.length > 1)
  }
  const ctx: DurableObjectState = Reflect.get(object.instance, "ctx")
  const entries = () => entriesIn(object.instance, ctx, ctx.storage)
  expect(await visit(10)).toBe(true)
  const before = entries()
  const rows = object.rows.size
  for (let number = 0; number < visits; number++) await visit(members)
  expect([entries(), object.rows.size]).toEqual([before, rows])
  // References of the last event are released in a turn of their own.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  expect(kept.filter((reference) => reference.deref() !== undefined)).toEqual([])
})
