import fc from "fast-check"
import { afterEach, describe, expect, it, vi } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Source } from "../../src/stream/source.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { anyFlow, type Happening, play, type SleepingObject, scripts } from "../support/sleep.ts"
import { ObjectWorld, Sleeper } from "../support/sleeper.ts"
import type { World } from "../support/world.ts"

afterEach(() => vi.useRealTimers())

async function observe(make: (world: World) => Flow<number, number>, script: readonly Happening[], sleeps: boolean) {
  const sockets: MemorySocket[] = []
  const open = async (flow: string): Promise<SleepingObject> => {
    const object = new MemoryObject(Sleeper)
    for (const client of [0, 1]) sockets.push(await object.connect({ flow, client }))
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

it("no client can tell whether its object has slept", { timeout: 120_000 }, async () => {
  const property = fc.asyncProperty(anyFlow, scripts, async ({ make }, script) => {
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
  await fc.assert(property, { numRuns: 6_000 })
})

describe("once it was seen, and is so no more, that after sleep", () => {
  const happening = { client: 0, value: 2, sleeps: false }
  const shared = (world: World) =>
    Flow.of<number>().merge(world instanceof ObjectWorld ? world.sources.shared : Source.never())

  it("a shared source has a tick that was off", async () => {
    const script: Happening[] = [
      { ...happening, kind: "toggle" },
      { ...happening, kind: "stall", sleeps: true },
      { ...happening, kind: "toggle" },
    ]
    expect(await observe(shared, script, true)).toEqual(await observe(shared, script, false))
  })

  it("a schedule has a time that was off until a cell was set from outside", async () => {
    const make = (world: World) =>
      Flow.of<number>()
        .merge(world instanceof ObjectWorld ? world.sources.times : Source.never())
        .debounce(10)
    const script: Happening[] = [
      { ...happening, kind: "toggle" },
      { ...happening, kind: "stall", value: 3, sleeps: true },
      { ...happening, kind: "toggle" },
    ]
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })

  it("a timer that was moved to later is overtaken by one that was due after it", async () => {
    const make = (world: World) => shared(world).keepAlive(30, () => -3)
    const script: Happening[] = [
      { ...happening, kind: "advance" },
      { ...happening, kind: "stall", value: 6, sleeps: true },
      { ...happening, kind: "send" },
    ]
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
})
