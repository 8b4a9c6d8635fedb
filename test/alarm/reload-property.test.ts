import fc from "fast-check"
import { Flow, text, webSocket } from "sluice"
import { type Client, connect, resumeIn } from "sluice/client"
import { FlowObject } from "sluice/durable"
import { protocol } from "sluice/protocol"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { ObjectWebSocket } from "../support/object-web-socket.ts"

beforeEach(() => void logged())
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

class Echo extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>(), { resume: { within: "1 hour", durable: true } })
  }
}

const echo = protocol("/", { receives: text, sends: text })

/** A page of a tab, with a client of its own. */
class Page {
  readonly received: string[] = []
  resyncs = 0
  readonly errors: unknown[] = []
  readonly sockets: ObjectWebSocket[] = []
  private isGone = false
  readonly client: Client<string, string, Record<never, never>>
  private readonly target = new EventTarget()

  constructor(object: MemoryObject<Echo>, clock: TestClock, storage: Map<string, string>, isRefused: boolean) {
    vi.stubGlobal("addEventListener", this.target.addEventListener.bind(this.target))
    const opened = () => {
      if (isRefused) throw new Error("QuotaExceededError")
      return storage
    }
    const store = {
      getItem: (key: string) => opened().get(key) ?? null,
      setItem: (key: string, value: string) => void opened().set(key, value),
      removeItem: (key: string) => void opened().delete(key),
    }
    const { sockets } = this
    const isGone = () => this.isGone
    this.client = connect(
      echo,
      {},
      {
        base: "ws://localhost",
        WebSocket: function WebSocket(url: string, protocols: string[]) {
          if (isGone()) throw new Error("The page is gone")
          const socket = new ObjectWebSocket(object, undefined, url, protocols)
          sockets.push(socket)
          return socket
        } as never,
        clock: { now: () => clock.now(), at: (due, fire) => clock.at(due, () => isGone() || fire()) },
        random: () => 0.5,
        resume: resumeIn(store, "echo"),
      },
    )
    this.client.on("message", (message) => this.received.push(message))
    this.client.on("resync", () => this.resyncs++)
    this.client.on("error", (error) => this.errors.push(error))
  }

  tell(type: string, persisted = false): void {
    this.target.dispatchEvent(Object.assign(new Event(type), { persisted }))
  }

  /** The page is unloaded, and its sockets with it. */
  unload(): void {
    this.tell("pagehide")
    this.isGone = true
    for (const socket of this.sockets) if (socket.readyState < 3) socket.lose("object")
  }
}

const kinds = [
  "send",
  "send",
  "send",
  "burst",
  "lose",
  "evict",
  "crash",
  "advance",
  "reload",
  "reload at once",
  "online",
  "visible",
] as const
const cached = ["cache", "back", "forward"] as const

async function run(script: readonly string[], isRefused: boolean) {
  const clock = new TestClock(Date.UTC(2030, 0, 1))
  const object = new MemoryObject(Echo, clock)
  const storage = new Map<string, string>()
  const load = () => new Page(object, clock, storage, isRefused)
  const pages = [load()]
  let at = 0
  let sent = 0
  const confirmed: string[] = []
  const here = () => pages[at] as Page
  const send = () => {
    const message = `${++sent}`
    here()
      .client.send(message)
      .then(() => confirmed.push(message))
      .catch(() => {})
  }
  await settled()
  for (const what of script) {
    if (what === "send") send()
    if (what === "burst") for (let n = 0; n < 5; n++) send()
    if (what === "lose") here().sockets.at(-1)?.lose("both")
    if (what === "evict") await object.evict()
    if (what === "crash") {
      await object.crash()
      here().sockets.at(-1)?.lose("both")
    }
    if (what === "advance") clock.advance(1_000)
    if (what === "online") here().tell("online")
    if (what === "visible") here().tell("visibilitychange")
    if (what.startsWith("reload")) {
      here().unload()
      if (what === "reload") await settled()
      pages[at] = load()
    }
    if (what === "cache") {
      here().tell("pagehide", true)
      pages.splice(at + 1)
      pages.push(load())
      at++
    }
    const next = what === "back" ? at - 1 : what === "forward" ? at + 1 : at
    if (next !== at && pages[next]) {
      here().tell("pagehide", true)
      at = next
      here().tell("pageshow", true)
    }
    if (what !== "reload at once") await settled()
  }
  for (let round = 0; round < 10; round++) {
    clock.advance(5_000)
    await settled()
  }
  send()
  for (let round = 0; round < 10; round++) {
    clock.advance(5_000)
    await settled()
  }
  return { pages, here: here(), last: `${sent}`, confirmed }
}

it("a tab gets each message of its session once, over reloads", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.constantFrom(...kinds), { maxLength: 30, size: "max" }),
    fc.boolean(),
    async (script, isRefused) => {
      const { here, last, confirmed } = await run(script, isRefused)
      expect(here.client.status).toBe("open")
      expect(here.received.at(-1)).toBe(last)
      expect(confirmed.at(-1)).toBe(last)
      expect(here.errors).toEqual([])
      expect(here.resyncs).toBe(0)
      expect(new Set(here.received).size).toBe(here.received.length)
    },
  )
  await fc.assert(property, { numRuns: 100 })
})

it("a tab goes on, whatever pages its cache restores", async () => {
  const property = fc.asyncProperty(
    fc.array(fc.constantFrom(...kinds, ...cached, ...cached), { maxLength: 30, size: "max" }),
    fc.boolean(),
    async (script, isRefused) => {
      const { here, last, pages } = await run(script, isRefused)
      expect(here.client.status).toBe("open")
      expect(here.received.at(-1)).toBe(last)
      for (const page of pages) {
        expect(page.sockets.filter(({ readyState }) => readyState < 2).length).toBe(page === here ? 1 : 0)
        expect(page.errors).toEqual([])
        expect(new Set(page.received).size).toBe(page.received.length)
        expect(page.client.status).not.toBe("closed")
      }
    },
  )
  await fc.assert(property, { numRuns: 100 })
})

it("both tabs go on after one was duplicated while it showed another page, and are told of what they miss", async () => {
  const steps = fc.record({
    tab: fc.nat(1),
    what: fc.constantFrom("load", "send", "burst", "lose", "evict", "advance", "reload"),
  })
  const property = fc.asyncProperty(fc.array(steps, { maxLength: 20, size: "max" }), async (script) => {
    const clock = new TestClock(Date.UTC(2030, 0, 1))
    const object = new MemoryObject(Echo, clock)
    const before = new Map<string, string>()
    const first = new Page(object, clock, before, false)
    await settled()
    await first.client.send("before")
    first.unload()
    const tabs = [before, new Map(before)].map((storage) => ({ storage, page: undefined as Page | undefined }))
    const load = ({ storage }: { storage: Map<string, string> }) => new Page(object, clock, storage, false)
    let sent = 0
    const send = (page?: Page) => void page?.client.send(`${++sent}`).catch(() => {})
    for (const { tab, what } of script) {
      const here = tabs[tab]
      if (!here) continue
      if (what === "load") here.page ??= load(here)
      if (what === "send") send(here.page)
      if (what === "burst") for (let n = 0; n < 5; n++) send(here.page)
      if (what === "lose") here.page?.sockets.at(-1)?.lose("both")
      if (what === "evict") await object.evict()
      if (what === "advance") clock.advance(1_000)
      if (what === "reload" && here.page) {
        here.page.unload()
        here.page = load(here)
      }
      await settled()
    }
    for (const here of tabs) here.page ??= load(here)
    for (let round = 0; round < 10; round++) {
      clock.advance(5_000)
      await settled()
    }
    for (const { page } of tabs) {
      const last = page?.client.send(`last ${++sent}`)
      await settled()
      await last
      expect(page?.client.status).toBe("open")
      expect(page?.received.at(-1)).toBe(`last ${sent}`)
      expect(new Set(page?.received).size).toBe(page?.received.length)
    }
  })
  await fc.assert(property, { numRuns: 100 })
})
