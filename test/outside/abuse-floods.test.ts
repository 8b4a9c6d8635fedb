import { randomBytes, randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { odd } from "../support/attacker.ts"
import { targets } from "../support/other-client.ts"
import { type Frame, frame, RawClient } from "../support/raw-client.ts"
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

  it.each(target("/echo", "/limits"))("to $path are one 1003 for bytes instead of text", async ({ open }) => {
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

  it.each(target("/control"))("to $path are received, and reach no other client", async ({ open }) => {
    const { url, other } = await open()
    const offender = await RawClient.connect(url)
    offender.send(...garbage(count, 2), ...garbage(count, 1))
    expect(closesIn(await offender.send(frame.close(4000)).rest())).toEqual([4000])
    await other.check()
  })
})

it.each(targets)("garbage from 100 clients at once does not stop $path", async ({ open }) => {
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

function closesIn(frames: readonly Frame[]): number[] {
  return frames.filter(({ opcode }) => opcode === 8).map(({ payload }) => payload.readUInt16BE())
}
