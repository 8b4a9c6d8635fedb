import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region object
class Lobby extends FlowObject {
  protected override readonly maxConnections = 500

  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>())
  }
}
// #endregion

it("an object takes no more connections than its maxConnections", async () => {
  const object = new MemoryObject(Lobby)
  const sockets = new Set()
  for (let count = 0; count < 510; count++) sockets.add(await object.connect())
  expect(sockets.size).toBe(500)
})
