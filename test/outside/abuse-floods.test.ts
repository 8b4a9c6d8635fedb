import { randomBytes, randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { dialTcp, odd } from "../support/attacker.ts"
import { memoryOf, tellsMemory } from "../support/memory.ts"
import { targets } from "../support/other-client.ts"
import { type Frame, frame, masked, RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

const demo = { req: { url: inject("baseUrl") } }
const garbage = (count: number, opcode: number) => Array.from({ length: count }, () => odd(opcode, randomBytes(40)))
const target = (...paths: string[]) => targets.filter(({ path }) => paths.includes(path))

describe("10,000 messages of garbage", () => {
  const count = 10_000

  it.each(target("/json", "/model", "/rooms"))("to $path are one 1003", async ({ open }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(...garbage(count, 1))
    const frames = await offender.send(frame.close(1003)).rest()
    expect(closesIn(frames)).toEqual([1003])
    await other.check()
  })

  it.each(target("/echo", "/limits"))("to $path are one 1003 where they are bytes and not text", async ({ open }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(...garbage(count, 2))
    expect(closesIn(await offender.send(frame.close(1003)).rest())).toEqual([1003])
    await other.check()
  })

  it.each(target("/limits"))("to $path are one 1008 after the first 20", async ({ open }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(...Array<Frame>(count).fill(frame.text("flood")))
    const frames = await offender.send(frame.close(1008)).rest()
    expect(frames.slice(0, 20)).toEqual(Array(20).fill(frame.text("flood")))
    expect(closesIn(frames)).toEqual([1008])
    await other.check()
  })

  it.each(target("/control"))("to $path are taken, and reach no other client", async ({ open }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(...garbage(count, 2), ...garbage(count, 1))
    expect(closesIn(await offender.send(frame.close(4000)).rest())).toEqual([4000])
    await other.check()
  })
})

it.each(targets)("garbage from 100 clients at once stops nothing at $path", async ({ open }) => {
  const { url, other } = await open()
  const offenders = await Promise.all(Array.from({ length: 100 }, () => RawClient.connect(url)))
  for (const { socket } of offenders) socket.on("error", () => {}).end(randomBytes(2000))
  await other.check()
})

it("a client that joins and leaves a hundred times leaves no member in the room", async () => {
  const room = randomUUID()
  const other = await connect(routes.room.url(demo, { room, name: "Ann" }))
  await other.next()
  for (let times = 0; times < 100; times++) {
    const offender = await RawClient.connect(routes.room.url(demo, { room, name: "Mallory" }))
    offender.socket.resetAndDestroy()
  }
  const events = (await other.take(200)).map((text) => JSON.parse(String(text)).type)
  expect(events.filter((type) => type === "left")).toHaveLength(100)
})

const MiB = 2 ** 20

describe.skipIf(!tellsMemory)("the server's memory (only where /proc tells it)", () => {
  const filling = 5 * 30 * MiB
  const megabyte = masked(frame.continuation("x".repeat(MiB), { fin: false }))

  /** Many messages that are never finished: what the server has of them it must keep until their clients are gone. */
  async function unfinished(url: string): Promise<() => void> {
    const offenders = await Promise.all(Array.from({ length: 5 }, () => RawClient.connect(url)))
    for (const offender of offenders) {
      offender.send(frame.text("", { fin: false }))
      for (let count = 0; count < 30; count++) offender.socket.write(megabyte)
      offender.send(frame.ping("?"))
    }
    for (const offender of offenders) while ((await offender.next()).opcode !== 10);
    return () => offenders.forEach(({ socket }) => void socket.resetAndDestroy())
  }

  // The runtime does not hand back at once what it may need again, so what is looked at is whether it is used again. In an object
  // the runtime keeps an unfinished message until the object hibernates.
  it.each(target("/echo", "/json"))(
    "accepts the next client when those that filled it at $path have left",
    async ({ open }) => {
      const { url, other } = await open()
      const peaks: number[] = []
      for (let times = 0; times < 10; times++) {
        const goAway = await unfinished(url)
        peaks.push(memoryOf(demo.req.url))
        goAway()
        await other.check()
      }
      expect((peaks.at(-1) ?? Infinity) - (peaks[1] ?? 0)).toBeLessThan(filling)
    },
  )

  it("does not grow with how many have been cut off", async () => {
    const attack = async () => {
      const silent = await Promise.all(Array.from({ length: 50 }, () => dialTcp(demo.req.url)))
      for (const socket of silent) socket.destroy()
      const room = randomUUID()
      for (const url of [routes.json.url(demo), routes.room.url(demo, { room, name: "Mallory" })]) {
        const offenders = await Promise.all(Array.from({ length: 25 }, () => RawClient.connect(url)))
        for (const offender of offenders) offender.send(...garbage(100, 1), frame.close(1003))
        await Promise.all(offenders.map((offender) => offender.rest()))
      }
    }
    for (let times = 0; times < 3; times++) await attack()
    const before = memoryOf(demo.req.url)
    for (let times = 0; times < 10; times++) await attack()
    expect(memoryOf(demo.req.url) - before).toBeLessThan(128 * MiB)
  }, 60_000)
})

function closesIn(frames: readonly Frame[]): number[] {
  return frames.filter(({ opcode }) => opcode === 8).map(({ payload }) => payload.readUInt16BE())
}
