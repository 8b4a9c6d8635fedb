import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, describe, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

class Silent extends Actor<string> {
  receive() {}
}

/** An object that calls its functions with options of a program without types. */
class Room extends FlowObject {
  private readonly kept = this.hub<string>("kept", { keep: 1 })
  private readonly news = this.hub<string>("news")

  readonly places: Record<string, (options: never) => unknown> = {
    hub: (options) => this.hub("another", options),
    publish: (options) => this.news.publish("a", options),
    "the source of a hub": (options) => this.news.source(options),
    "the source of a hub with keep": (options) => this.kept.source(options),
    cell: (options) => this.cell(crypto.randomUUID(), 0, options),
    share: (options) => this.share("ticks", Source.never(), options),
    actor: (options) => this.actor("silent", Props.of(Silent), options),
    withMailbox: (options) => Props.of(Silent).withMailbox(options),
  }

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.news.source()))
  }
}

const words: Record<string, string> = {
  hub: 'hub option "colour": there are batchWindow, keep, backpressure, partition',
  publish: 'publish option "colour": there is except',
  "the source of a hub": 'hub source option "colour": there are last, bufferSize, overflow',
  "the source of a hub with keep": 'hub source option "colour": there are last, bufferSize, overflow',
  cell: 'cell option "colour": there are schema, migrate',
  share: 'share option "colour": there are replay, bufferSize, overflow',
  actor: 'actor option "colour": there are supervisorStrategy, version, migrate',
  withMailbox: 'mailbox setting "colour": there are capacity, overflow',
}

afterEach(() => vi.useRealTimers())

describe("an option that a part of an object does not have", () => {
  it.each(Object.entries(words))("is refused: %s", (place, error) => {
    const { places } = new MemoryObject(Room).instance
    const call = (options: object) => places[place]?.(options as never)
    expect(() => call({ colour: "red" })).toThrow(new TypeError(`There is no ${error}`))
    expect(() => call({ colour: undefined })).not.toThrow()
  })

  it("is refused: a cell of a connection", async () => {
    class Counting extends FlowObject {
      protected accept({ cell }: Parameters<FlowObject["accept"]>[0]) {
        cell("count", 0, { colour: "red" } as never)
        return webSocket.endpoint(text, Flow.of<string>())
      }
    }
    await expect(new MemoryObject(Counting).connect()).rejects.toThrow('There is no cell option "colour"')
  })
})
