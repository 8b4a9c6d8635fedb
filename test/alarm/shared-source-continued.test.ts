import { Flow, Sink, Source, text, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** Shared sources that begin with an element, or have no state at all, so that they have no row. */
class House extends FlowObject<unknown, string> {
  readonly news = this.hub<string>("news")
  readonly kept = this.hub<string>("kept", { keep: 10 })
  readonly value = this.cell("value", "0")
  private readonly values = this.share("values", this.value.values)
  private readonly sources: Record<string, Source<string>> = {
    values: this.values,
    nested: this.share(
      "nested",
      this.values.map((text) => `nested ${text}`),
    ),
    brief: this.share("brief", this.values.take(2).concat(Source.never<string>())),
    kept: this.share("kept", this.kept.source({ last: 2 })),
    plain: this.share("plain", this.news.source()),
  }

  protected accept({ data }: ConnectionInfo<string>) {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.sources[data] as Source<string>))
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe.each(["values", "nested", "kept", "plain"])(
  "a shared source without a row continues after hibernation: %s",
  (name) => {
    type Step = "news" | "value" | "kept" | "message" | "join" | "leave" | "renew"

    const received = async (script: readonly Step[], isEvicted: boolean) => {
      const object = new MemoryObject(House)
      const clients = [await object.connect(name), await object.connect(name)]
      for (const [n, step] of (["value", "kept", "news", ...script] as const).entries()) {
        const last = clients.findLast(({ isClosed }) => !isClosed)
        if (isEvicted) await object.evict()
        else object.stall(1)
        if (step === "news") object.instance.news.publish(`${n}`)
        if (step === "kept") object.instance.kept.publish(`${n}`)
        if (step === "value") object.instance.value.set(`${n}`)
        if ((step === "leave" || step === "renew") && last) object.close(last, 1000, "")
        if (step === "join" || step === "renew") clients.push(await object.connect(name))
        if (step === "message" && clients[0]) object.send(clients[0], "a")
      }
      return clients.map(({ received }) => received)
    }

    it.each<Step[][]>([
      [["value", "value"]],
      [["kept", "kept"]],
      [["news", "news"]],
      [["message", "value", "kept", "news"]],
      [["join", "value", "kept", "news"]],
      [["leave", "renew", "value", "kept", "news"]],
    ])("%s", async (script) => expect(await received(script, true)).toEqual(await received(script, false)))
  },
)

it("a shared source continues after hibernation for a new subscriber if another shared source subscribed to it", async () => {
  const received = async (isEvicted: boolean) => {
    const object = new MemoryObject(House)
    await object.connect("nested")
    if (isEvicted) await object.evict()
    const client = await object.connect("values")
    object.instance.value.set("1")
    return client.received
  }
  expect([await received(true), await received(false)]).toEqual([["1"], ["1"]])
})

it("a shared source that was not running before hibernation starts those anew that it subscribes to", async () => {
  const received = async (isEvicted: boolean) => {
    const object = new MemoryObject(House)
    object.close(await object.connect("brief"), 1000, "")
    if (isEvicted) await object.evict()
    return (await object.connect("brief")).received
  }
  expect([await received(true), await received(false)]).toEqual([["0"], ["0"]])
})
