import { randomBytes } from "node:crypto"
import { rmSync } from "node:fs"
import { afterAll, describe, expect, it } from "vitest"
import { workplace } from "../bench/harness/bundle.ts"
import { residentMemory } from "../bench/harness/machine.ts"
import { Workerd } from "../bench/harness/workerd.ts"
import { tellsMemory } from "../support/memory.ts"
import { RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

const KiB = 1024
const MiB = 1024 * KiB
const block = 64 * KiB
const total = 100 * MiB
/** Twice the default mark for each of fifty clients: the runtime's allocator has used 58 to 76 MiB for the 53 MiB that wait. */
const bound = 100 * MiB

/** Sends all texts to the room, each after the one before has come back. */
async function talk(room: string): Promise<void> {
  const speaker = await connect(room)
  for (let sent = 0; sent < total; sent += block) {
    speaker.send(randomBytes(block))
    await speaker.next()
  }
  speaker.socket.terminate()
}

/** The memory, in bytes, of fifty clients that do not read the messages of their room. */
async function growth(): Promise<number> {
  const server = await Workerd.start("../support/crowded-room.ts", { isPinned: false, v8Flags: ["--expose-gc"] })
  try {
    const room = (name: string) => `http://127.0.0.1:${server.port}/${name}`
    const memory = async () => {
      await fetch(room("collect"), { method: "POST" })
      return residentMemory(server.pid) * KiB
    }
    // The memory for serving that much does not count.
    await talk(room("first"))
    const before = await memory()
    const paused = await Promise.all(Array.from({ length: 50 }, () => RawClient.connect(room("crowded"))))
    await talk(room("crowded"))
    expect(paused.every(({ socket }) => !socket.closed)).toBe(true)
    const growth = (await memory()) - before
    for (const { socket } of paused) socket.destroy()
    return growth
  } finally {
    await server.stop()
  }
}

describe.skipIf(!tellsMemory)("memory on the Durable Object target (only where /proc tells it)", () => {
  afterAll(() => rmSync(workplace, { recursive: true, force: true }))

  it("row 19: fifty clients that do not read 100 MB take no more than twice their mark", async () => {
    expect(await growth()).toBeLessThan(bound)
  }, 240_000)
})
