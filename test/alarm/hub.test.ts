import { describe, expect, it } from "vitest"
import { Channel } from "../../src/durable/shared/channel.ts"
import { Hub } from "../../src/durable/shared/hub.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const duration = 10

/** A hub with a batch window. Records the published elements. */
function newHub(batchWindow = duration) {
  const clock = new TestClock()
  const published: (readonly number[])[] = []
  const host = {
    publish: (element: number) => void published.push([element]),
    publishAll: (elements: readonly number[]) => void published.push(elements),
    whenSaved: (effect: () => void) => effect(),
    restoreBuffers() {},
  }
  return { clock, published, hub: new Hub(new Channel<number>("hub"), host, { batchWindow }, clock) }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

describe("a hub with a batchWindow", () => {
  it("publishes the elements together that come within the window of the first", () => {
    const { clock, published, hub } = newHub()
    hub.publish(1)
    clock.advance(duration - 1)
    hub.publish(2)
    expect(published).toEqual([])
    clock.advance(1)
    expect(published).toEqual([[1, 2]])
  })

  it("opens a new window with the next element, and has no timer without one", () => {
    const { clock, published, hub } = newHub()
    hub.publish(1)
    clock.advance(duration)
    expect(clock.pending).toBe(0)
    clock.advance(duration / 2)
    hub.publish(2)
    clock.advance(duration - 1)
    expect(published).toEqual([[1]])
    clock.advance(1)
    expect(published).toEqual([[1], [2]])
  })

  it("publishes before its time when it holds 1,000 elements, and no fewer (fault 4)", () => {
    const { clock, published, hub } = newHub()
    for (const n of upTo(999)) hub.publish(n)
    expect(published).toEqual([])
    hub.publish(1_000)
    expect(published).toEqual([upTo(1_000)])
    expect(clock.pending).toBe(0)
    hub.publish(1_001)
    clock.advance(duration)
    expect(published).toEqual([upTo(1_000), [1_001]])
  })

  it("publishes its held elements before an element with except", () => {
    const { clock, published, hub } = newHub()
    hub.publish(1)
    hub.publish(2, { except: "a connection" })
    expect(published).toEqual([[1], [2]])
    expect(clock.pending).toBe(0)
    hub.publish(3, { except: "a connection" })
    expect(published).toEqual([[1], [2], [3]])
  })
})

describe("a hub without a batchWindow", () => {
  it("publishes each element at once", () => {
    const { clock, published, hub } = newHub(0)
    hub.publish(1)
    hub.publish(2)
    expect(published).toEqual([[1], [2]])
    expect(clock.pending).toBe(0)
  })
})
