import { Flow, json, Sink, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import * as v from "valibot"
import { afterEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

class Before extends FlowObject {
  readonly said = this.hub<string>("said", { keep: 100 })

  protected accept() {
    const news = this.said.source({ last: 50 })
    return webSocket.endpoint(json(v.string(), v.string()), Flow.fromSinkAndSource(Sink.ignore(), news))
  }
}

const Said = v.object({ text: v.string() })
type Said = v.InferOutput<typeof Said>

/** The elements of the log are texts in the release before. */
class Unready extends FlowObject {
  readonly said = this.hub<Said>("said", { keep: 100 })

  protected accept() {
    const news = this.said.source({ last: 50 })
    return webSocket.endpoint(json(v.string(), Said), Flow.fromSinkAndSource(Sink.ignore(), news))
  }
}

// #region log
export class Room extends FlowObject {
  // Until the second release an element was a text. Such elements are in the log until a hundred others have come.
  readonly said = this.hub<Said | string>("said", { keep: 100 })

  protected accept() {
    const news = this.said.source({ last: 50 }).map((said) => (typeof said === "string" ? { text: said } : said))
    return webSocket.endpoint(json(v.string(), Said), Flow.fromSinkAndSource(Sink.ignore(), news))
  }
}
// #endregion

describe("a log with elements that the codec of a new release refuses", () => {
  const deployed = async (Release: typeof Unready | typeof Room) => {
    const object = new MemoryObject<Before | Unready | Room>(Before)
    await object.connect()
    const { said } = object.instance as Before
    said.publish("hi")
    await object.deploy(Release)
    return object
  }

  it("closes each socket whose flow reads them with 1011", async () => {
    const entries = logged()
    const object = await deployed(Unready)
    expect((await object.connect()).received).toEqual([closed(1011)])
    expect(entries.length).toBeGreaterThan(0)
  })

  it("is read by a flow that converts them", async () => {
    const object = await deployed(Room)
    expect((await object.connect()).received).toEqual(['{"text":"hi"}'])
  })
})
