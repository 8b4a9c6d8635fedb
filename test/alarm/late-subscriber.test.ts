import { Flow, Sink, type Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Everything happens while an element of one hub is published: a cell is set, another hub publishes, and a shared source emits. */
class House extends FlowObject<unknown, string> {
  readonly start = this.hub<string>("start")
  readonly other = this.hub<string>("other")
  private readonly value = this.cell("value", "0")
  private readonly shared = this.share("shared", this.start.source(), { replay: 2 })

  protected accept({ data }: ConnectionInfo<string>) {
    const changes = this.start.source().map((text) => {
      this.value.set(text)
      this.other.publish(text)
      return text
    })
    const later = (source: Source<string>) => this.start.source().switchMap(() => source)
    const sources: Record<string, Source<string>> = {
      changes: changes.merge(this.shared),
      values: later(this.value.values),
      shared: later(this.shared),
      other: later(this.other.source()),
    }
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), sources[data] as Source<string>))
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe("a subscriber that starts between a publish and its broadcast", () => {
  const received = async (name: string) => {
    const object = new MemoryObject(House)
    await object.connect("changes")
    const client = await object.connect(name)
    object.instance.start.publish("1")
    object.instance.other.publish("2")
    return client.received
  }

  it("begins with the new value of a cell, which it gets once", async () =>
    expect(await received("values")).toEqual(["1"]))

  it("begins with the new element of a shared source with replay, which it gets once", async () =>
    expect(await received("shared")).toEqual(["1"]))

  it("gets the elements of a hub that are published after its start", async () =>
    expect(await received("other")).toEqual(["2"]))
})
