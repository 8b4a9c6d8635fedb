import { Flow, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region destroy
export class Meeting extends FlowObject {
  private readonly agenda = this.cell("agenda", "empty")

  protected accept() {
    const changes = Flow.of<string>().map((agenda) => {
      this.agenda.set(agenda)
      return agenda
    })
    return webSocket.endpoint(text, changes)
  }

  /** Called by a route, by RPC. Ends the meeting, and deletes everything of it. */
  async end(): Promise<void> {
    await this.destroy(4000, "The meeting is over")
  }
}
// #endregion

it("an object ends for good", async () => {
  const object = new MemoryObject(Meeting)
  const ann = await object.connect()
  object.send(ann, "lunch")
  expect(object.rows.size).toBeGreaterThan(0)
  await object.instance.end()
  expect(ann.received).toEqual(["lunch", closed(4000, "The meeting is over")])
  expect([object.rows.size, object.alarm]).toEqual([0, null])
})
