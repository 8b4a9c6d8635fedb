import { Flow, Sink, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region board
export class Whiteboard extends FlowObject {
  private readonly strokes = this.hub<string>("strokes")

  protected accept({ id }: ConnectionContext) {
    const toOthers = Sink.forEach((stroke: string) => this.strokes.publish(stroke, { except: id }))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(toOthers, this.strokes.source()))
  }
}
// #endregion

it("a stroke goes to all but its sender", async () => {
  const object = new MemoryObject(Whiteboard)
  const [ann, bob] = [await object.connect(), await object.connect()]
  object.send(ann, "red")
  await object.evict()
  object.send(bob, "blue")
  expect([ann.received, bob.received]).toEqual([["blue"], ["red"]])
})
