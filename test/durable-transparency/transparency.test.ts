import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test"
import { env } from "cloudflare:workers"
import fc from "fast-check"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { decodeAttachment } from "../../src/durable/sockets/attachment.ts"
import { withInfo } from "../../src/socket/connection-info.ts"
import type { Flow } from "../../src/stream/flow.ts"
import { closed } from "../support/client.ts"
import { anyFlow, play, type ScriptTarget, scripts, type TestEvent } from "../support/object-script.ts"
import type { ScriptedData, ScriptedObject } from "../support/scripted-object.ts"
import type { TestEnvironment } from "../support/test-environment.ts"

declare global {
  namespace Cloudflare {
    interface Env {
      SCRIPTED_OBJECT: DurableObjectNamespace<ScriptedObject>
    }
  }
}

const runs = 200

/** Far ahead of the real time, so that no alarm fires on its own. */
const start = Date.UTC(2100, 0, 1)
let time = start

beforeEach(() => {
  vi.spyOn(Date, "now").mockImplementation(() => time)
})

afterEach(() => vi.restoreAllMocks())

/** The number of the client that a socket of the object belongs to. */
function clientOf(socket: WebSocket): number | undefined {
  const attached = decodeAttachment(socket.deserializeAttachment())
  return attached && (attached.info.data as ScriptedData).client
}

/** A client, and its received frames; `over` once its socket is closed. */
function listen(socket: WebSocket) {
  const received: unknown[] = []
  const over = new Promise<void>((resolve) => {
    socket.addEventListener("message", ({ data }) => void received.push(data))
    socket.addEventListener("close", ({ code, reason }) => {
      received.push(closed(code, reason))
      resolve()
    })
  })
  socket.accept()
  return { received, over }
}

/** An object in the runtime; the events of its clients are delivered at a known time. */
class RealObject implements ScriptTarget {
  constructor(private readonly stub: DurableObjectStub<ScriptedObject>) {}

  async connect(data: ScriptedData) {
    const url = "https://example.com/"
    const headers = { Upgrade: "websocket" }
    const response = await this.stub.fetch(
      withInfo(new Request(url, { headers }), { url, route: "/", params: {}, headers: {}, data }),
    )
    if (!response.webSocket) throw new Error(`Status ${response.status}: ${await response.text()}`)
    return listen(response.webSocket)
  }

  async message(client: number, message: string | ArrayBuffer): Promise<void> {
    await this.with(client, (object, socket) => object.webSocketMessage(socket, message))
  }

  async close(client: number, code: number): Promise<void> {
    await this.with(client, (object, socket) => object.webSocketClose(socket, code, ""))
  }

  async advance(duration: number): Promise<void> {
    const end = time + duration
    for (let alarm = await this.alarm(); alarm !== null && alarm <= end; alarm = await this.alarm()) {
      time = Math.max(time, alarm)
      await runDurableObjectAlarm(this.stub)
    }
    time = end
  }

  stall(duration: number): void {
    time += duration
  }

  async toggle(): Promise<void> {
    await this.stub.toggle()
  }

  async publish(n: number): Promise<void> {
    await this.stub.tell(n)
  }

  async evict(): Promise<void> {
    // A hibernating object cannot be evicted.
    await this.alarm()
    await evictDurableObject(this.stub, { webSockets: "hibernate" })
    time++
  }

  /** Closes the open sockets. All frames have arrived once the clients receive the close. */
  async end(): Promise<void> {
    await runInDurableObject(this.stub, (_, state) => {
      for (const socket of state.getWebSockets()) socket.close(4999, "end")
    })
  }

  private alarm(): Promise<number | null> {
    return runInDurableObject(this.stub, (_, { storage }) => storage.getAlarm())
  }

  private async with(client: number, handler: (object: ScriptedObject, socket: WebSocket) => void): Promise<void> {
    await runInDurableObject(this.stub, (object: ScriptedObject, state) => {
      const isOpen = ({ readyState }: WebSocket) => readyState === WebSocket.OPEN
      const isTheirs = (socket: WebSocket) => clientOf(socket) === client
      const socket = state.getWebSockets().find((socket) => isOpen(socket) && isTheirs(socket))
      if (socket) handler(object, socket)
    })
  }
}

async function observe(
  make: (environment: TestEnvironment) => Flow<number, number>,
  script: readonly TestEvent[],
  sleeps: boolean,
) {
  time = start
  const clients: ReturnType<typeof listen>[] = []
  const objects: RealObject[] = []
  const open = async (flow: string) => {
    const object = new RealObject(env.SCRIPTED_OBJECT.getByName(flow))
    objects.push(object)
    for (const client of [0, 1]) clients.push(await object.connect({ flow, client }))
    return object
  }
  await play(make, script, open, sleeps)
  for (const object of objects) await object.end()
  await Promise.all(clients.map(({ over }) => over))
  return clients.map(({ received }) => received)
}

it("clients cannot observe the hibernation of their object", { timeout: 600_000 }, async () => {
  const property = fc.asyncProperty(anyFlow, scripts, async ({ make }, script) => {
    expect(await observe(make, script, true)).toEqual(await observe(make, script, false))
  })
  await fc.assert(property, { numRuns: runs })
})
