import { Flow, jsonLogger, type LogEntry, type Metrics, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region object
class Room extends FlowObject {
  private readonly label = `room ${this.ctx.id.name}`
  protected override readonly logger = (entry: LogEntry) => jsonLogger({ name: this.label, ...entry })
  protected override readonly metrics = new Map<string, Metrics>()

  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>().map(reversed))
  }

  counted(): number {
    return [...this.metrics.values()].reduce((sum, { opened }) => sum + opened, 0)
  }
}
// #endregion

function reversed(message: string): string {
  if (message === "") throw new Error("There is nothing to reverse")
  return [...message].reverse().join("")
}

it("an object logs and counts in one place", async () => {
  const written = vi.spyOn(console, "error").mockReturnValue()
  const object = new MemoryObject(Room)
  object.send(await object.connect(), "")
  expect(JSON.parse(String(written.mock.lastCall))).toMatchObject({
    name: expect.stringContaining("room"),
    event: "flow failed",
  })
  expect(object.instance.counted()).toBe(1)
})
