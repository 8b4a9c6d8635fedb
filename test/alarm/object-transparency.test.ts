import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { anyFlow, anyRoom, play, type ScriptTarget, scripts, type TestEvent } from "../support/object-script.ts"
import { ObjectEnvironment, type ScriptedData, ScriptedObject } from "../support/scripted-object.ts"
import type { TestEnvironment } from "../support/test-environment.ts"

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

async function observe(
  make: (environment: TestEnvironment) => Flow<number, number>,
  script: readonly TestEvent[],
  sleeps: boolean,
  settings: Partial<ScriptedData> = {},
) {
  // Of two timers at one time the one with the lesser id comes first.
  let ids = 0
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => `0-0-0-0-${ids++}`)
  const sockets: MemorySocket[] = []
  const open = async (flow: string): Promise<ScriptTarget> => {
    const object = new MemoryObject(ScriptedObject)
    for (const client of [0, 1]) sockets.push(await object.connect({ ...settings, flow, client }))
    const socket = (client: number) => sockets[client] as MemorySocket
    return {
      message: async (client, message) => object.send(socket(client), message),
      close: async (client, code) => object.close(socket(client), code, ""),
      advance: async (duration) => object.advance(duration),
      stall: (duration) => object.stall(duration),
      toggle: async () => object.instance.toggle(),
      publish: async (n) => object.instance.tell(n),
      evict: () => object.evict(),
    }
  }
  await play(make, script, open, sleeps)
  return sockets.map(({ received }) => received)
}

it("clients cannot observe the hibernation of their object", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(anyFlow, scripts, async ({ make }, script) => {
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
  await fc.assert(property, { numRuns: 6_000 })
})

it("clients cannot observe the hibernation of a room while their sockets are open", { timeout: 120_000 }, async () => {
  const isOpen = ({ kind }: TestEvent) => !["nonsense", "close", "vanish"].includes(kind)
  const open = scripts.map((script) => script.filter(isOpen))
  const property = fc.asyncProperty(anyRoom, open, async ({ make }, script) => {
    const run = (sleeps: boolean) => observe(make, script, sleeps, { maxQueuedMessages: 100 })
    expect(await run(true)).toEqual(await run(false))
  })
  await fc.assert(property, { numRuns: 6_000 })
})

describe("former bugs of hibernation stay fixed:", () => {
  const event = { client: 0, value: 2, sleeps: false }
  const shared = (environment: TestEnvironment) =>
    Flow.of<number>().merge(environment instanceof ObjectEnvironment ? environment.sources.shared : Source.never())

  it("a shared source has a tick that was off", async () => {
    const script: TestEvent[] = [
      { ...event, kind: "toggle" },
      { ...event, kind: "stall", sleeps: true },
      { ...event, kind: "toggle" },
    ]
    expect(await observe(shared, script, true)).toEqual(await observe(shared, script, false))
  })

  it("a schedule has a time that was off until a cell was set from outside", async () => {
    const make = (environment: TestEnvironment) =>
      Flow.of<number>()
        .merge(environment instanceof ObjectEnvironment ? environment.sources.times : Source.never())
        .debounce(10)
    const script: TestEvent[] = [
      { ...event, kind: "toggle" },
      { ...event, kind: "stall", value: 3, sleeps: true },
      { ...event, kind: "toggle" },
    ]
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })

  it("a timer that was moved to later is overtaken by one that was due after it", async () => {
    const make = (environment: TestEnvironment) => shared(environment).keepAlive(30, () => -3)
    const script: TestEvent[] = [
      { ...event, kind: "advance" },
      { ...event, kind: "stall", value: 6, sleeps: true },
      { ...event, kind: "send" },
    ]
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
})
