import { randomBytes, randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { dialTcp, odd } from "../support/attacker.ts"
import { memoryOf, tellsMemory } from "../support/memory.ts"
import { targetsOf } from "../support/other-client.ts"
import { frame, masked, RawClient } from "../support/raw-client.ts"
import { StartedWorker } from "../support/started-worker.ts"

const MiB = 2 ** 20
/** For gigabytes on a busy machine. */
const patience = 180_000
/** Messages that are no JSON. */
const garbage = () => Array.from({ length: 100 }, () => odd(1, randomBytes(40)))

describe.skipIf(!tellsMemory)("the server's memory (only where /proc tells it)", () => {
  /** A demo of its own, because the memory of other test files would count. */
  const demo = { req: { url: "" } }
  const directory = mkdtempSync(join(tmpdir(), "sluice-memory-"))
  let worker: StartedWorker
  beforeAll(async () => {
    worker = new StartedWorker(join(directory, "worker.log"), "--persist-to", join(directory, "state"))
    demo.req.url = await worker.url()
  })
  afterAll(async () => {
    await worker.stop()
    rmSync(directory, { recursive: true })
  })

  const filling = 5 * 30 * MiB
  const megabyte = masked(frame.continuation("x".repeat(MiB), { fin: false }))

  /** Many unfinished messages. The server must keep their parts until their clients have disconnected. */
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

  // The runtime does not release memory at once, so the test checks that it uses the memory again. In an object
  // the runtime keeps an unfinished message until the object hibernates.
  it.each(targetsOf(demo).filter(({ path }) => path === "/echo" || path === "/json"))(
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
    patience,
  )

  it(
    "does not grow with the number of cut connections",
    async () => {
      const attack = async () => {
        const silent = await Promise.all(Array.from({ length: 50 }, () => dialTcp(demo.req.url)))
        for (const socket of silent) socket.destroy()
        const room = randomUUID()
        for (const url of [routes.json.url(demo), routes.room.url(demo, { room, name: "Mallory" })]) {
          const offenders = await Promise.all(Array.from({ length: 25 }, () => RawClient.connect(url)))
          for (const offender of offenders) offender.send(...garbage(), frame.close(1003))
          await Promise.all(offenders.map((offender) => offender.rest()))
        }
      }
      for (let times = 0; times < 3; times++) await attack()
      const before = memoryOf(demo.req.url)
      for (let times = 0; times < 10; times++) await attack()
      expect(memoryOf(demo.req.url) - before).toBeLessThan(128 * MiB)
    },
    patience,
  )
})
