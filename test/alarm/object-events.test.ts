import { describe, expect, it } from "vitest"
import { currentEvent, type ObjectInEvent } from "../../src/durable/current-event.ts"
import { ObjectEvents } from "../../src/durable/object-events.ts"

type Place = "begin" | "handler" | "finish"

/** Throws where it is told to. */
class Events extends ObjectEvents {
  readonly log = () => {}
  readonly seen: string[] = []
  failing: Place[] = []

  override whenSaved() {}

  protected override beginEvent() {
    this.reach("begin")
  }

  protected override finishEvent() {
    this.reach("finish")
  }

  protected override leaveEvent() {
    this.seen.push("leave")
  }

  reach(place: Place) {
    this.seen.push(place)
    if (this.failing.includes(place)) throw new Error(place)
  }
}

const places: Place[][] = [["begin"], ["handler"], ["finish"], ["begin", "finish"], ["handler", "finish"]]

/** An event with a handler of its own, and one of a message. */
const kinds: [string, (events: Events, handler: () => void) => void][] = [
  ["event", (events, handler) => events.event(handler)],
  [
    "begin and end",
    (events, handler) => {
      try {
        events.begin()
        handler()
      } finally {
        events.end()
      }
    },
  ],
]

describe.each(kinds)("%s", (_, run) => {
  it.each(places.map((failing) => [failing]))("leaves the object as it was after errors at %j", (failing) => {
    const outer: ObjectInEvent = { log: () => {}, whenSaved() {} }
    for (const before of [undefined, outer]) {
      const events = new Events()
      currentEvent.object = before
      events.failing = failing
      expect(() => run(events, () => events.reach("handler"))).toThrow(failing.at(-1))
      expect([events.isInEvent, currentEvent.object]).toEqual([false, before])
      events.failing = []
      events.seen.splice(0)
      run(events, () => {
        expect([events.isInEvent, currentEvent.object]).toEqual([true, events])
        // An event within another one is part of it.
        expect(() => run(events, () => events.event(() => JSON.parse("")))).toThrow(SyntaxError)
        expect([events.isInEvent, currentEvent.object]).toEqual([true, events])
      })
      expect(events.seen).toEqual(["begin", "finish", "leave"])
      expect([events.isInEvent, currentEvent.object]).toEqual([false, before])
    }
    currentEvent.object = undefined
  })
})
