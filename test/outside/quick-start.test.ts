import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { StartedWorker } from "../support/started-worker.ts"
import { connect } from "../support/ws-client.ts"

describe("the room of the README", () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-quick-start-"))
  let worker: StartedWorker
  let url = ""

  beforeAll(async () => {
    worker = new StartedWorker(join(directory, "worker.log"), "--config", "test/docs/quick-start/wrangler.toml")
    url = await worker.url()
  })
  afterAll(async () => {
    await worker.stop()
    rmSync(directory, { recursive: true })
  })

  it("sends each message to every member, and to no other room", async () => {
    const [ann, bob, other] = await Promise.all(
      ["lobby", "lobby", "kitchen"].map((room) => connect(`${url}/rooms/${room}`)),
    )
    expect(await ann?.send("hello").next()).toBe("hello")
    expect(await bob?.next()).toBe("hello")
    expect(await other?.send("anyone?").next()).toBe("anyone?")
  })
})
