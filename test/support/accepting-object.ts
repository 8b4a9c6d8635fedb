import { exports } from "cloudflare:workers"
import { vi } from "vitest"
import type { Scripted } from "./durable-worker/scripted.ts"
import { newWorld } from "./durable-worker/world.ts"
import { logged } from "./logged.ts"
import { holdTime, TestObject } from "./test-object.ts"

export let testObject: TestObject<Scripted>

/** Before each test: a scripted object. */
export function newAcceptingObject(): void {
  vi.restoreAllMocks()
  holdTime()
  logged()
  newWorld()
  testObject = new TestObject("SCRIPTED")
}

export const path = (data: unknown) => `/scripted/:id?data=${encodeURIComponent(JSON.stringify(data))}`
export const dial = (data: unknown = "echo") => testObject.dial(path(data))
/** The answer to an upgrade request. */
export const ask = (data: unknown = "echo") =>
  exports.default.fetch(`https://example.com${path(data).replace(":id", testObject.id)}`, {
    headers: { Upgrade: "websocket" },
  })
export const sockets = () =>
  testObject.inside(
    (_, state) => state.getWebSockets().filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  )
