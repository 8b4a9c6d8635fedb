import { Flow, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region late
export class Auction extends FlowObject {
  private readonly lot = this.cell("lot", "a lamp")
  private readonly bids = this.hub<string>("bids")
  /** A late subscriber gets the last three bids first. */
  private readonly recentBids = this.share("recent bids", this.bids.source(), { replay: 3 })

  protected accept() {
    const welcome = Source.lazy(() => Source.single(`${this.connections.size} bidders`))
    const lots = this.lot.values.map((lot) => `now: ${lot}`)
    const news = welcome.concat(lots.merge(this.recentBids))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(this.bids.sink(), news))
  }

  next(lot: string): void {
    this.lot.set(lot)
  }
}
// #endregion

it("a late subscriber gets the current value and the last elements", async () => {
  const object = new MemoryObject(Auction)
  const first = await object.connect()
  object.instance.next("a vase")
  for (const bid of ["1", "2", "3", "4"]) object.send(first, bid)
  await object.evict()
  const late = await object.connect()
  object.send(first, "5")
  expect(first.received).toEqual(["1 bidders", "now: a lamp", "now: a vase", "1", "2", "3", "4", "5"])
  expect(late.received).toEqual(["2 bidders", "now: a vase", "2", "3", "4", "5"])
})
