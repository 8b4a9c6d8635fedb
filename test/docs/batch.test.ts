import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => {
  vi.useRealTimers()
})

// #region batch
class Exchange extends FlowObject {
  private readonly prices = this.hub<string>("prices", { batchWindow: "5 milliseconds" })

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.prices.sink(), this.prices.source()), { batch: true })
  }
}
// #endregion

it("messages of several events are sent in one frame to clients that offer sluice.batch", async () => {
  const object = new MemoryObject(Exchange)
  const batched = await object.connect(undefined, { "Sec-WebSocket-Protocol": "sluice.batch" })
  const plain = await object.connect()
  object.send(plain, "1")
  object.send(plain, "2")
  await vi.waitUntil(() => batched.received.length > 0)
  expect(batched.received).toEqual(['["1","2"]'])
  expect(plain.received).toEqual(["1", "2"])

  const shown: string[] = []
  const socket = { onmessage(_: { data: string }) {} }
  const show = (message: string) => shown.push(message)
  // #region client
  socket.onmessage = ({ data }) => {
    for (const message of JSON.parse(data)) show(message)
  }
  // #endregion
  socket.onmessage({ data: String(batched.received[0]) })
  expect(shown).toEqual(["1", "2"])
})
