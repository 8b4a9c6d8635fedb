import fc from "fast-check"
import { afterAll, describe, expect, it, vi } from "vitest"
import { text } from "../../src/socket/codec.ts"
import { endpointOf } from "../../src/socket/endpoint.ts"
import { type Limits, withDefaults } from "../../src/socket/limits.ts"
import { attach } from "../../src/socket/worker-target.ts"
import { Flow } from "../../src/stream/flow.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

/** The server's end of a `WebSocketPair` in memory. */
class End extends EventTarget {
  static last = new End()
  readonly sent: string[] = []
  closedWith: [code: number, reason: string] | undefined
  /** The frames that were sent when it was closed, for which a runtime throws. */
  readonly late: string[] = []

  constructor() {
    super()
    End.last = this
  }

  accept(): void {}

  get readyState(): number {
    return this.closedWith ? WebSocket.CLOSING : WebSocket.OPEN
  }

  send(data: string): void {
    if (this.closedWith) this.late.push(data)
    else this.sent.push(data)
  }

  close(code: number, reason: string): void {
    this.closedWith = [code, reason]
  }
}

vi.stubGlobal(
  "WebSocketPair",
  class {
    0 = {}
    1 = new End()
  },
)
afterAll(() => vi.unstubAllGlobals())

const autoResponse = { request: "ping", response: "pong" }

function connect(limits: Limits): { end: End; clock: TestClock; send(data: string): void } {
  const clock = new TestClock()
  attach(endpointOf(text, Flow.of<string>(), { limits, autoResponse }), clock, { route: "/", id: "1" }, false)
  const end = End.last
  return { end, clock, send: (data) => void end.dispatchEvent(Object.assign(new Event("message"), { data })) }
}

describe("a client of a plain Worker that exceeds its idle timeout", () => {
  it("is closed with 1001", () => {
    const { end, clock } = connect({ idleTimeout: 1_000 })
    clock.advance(999)
    expect(end.closedWith).toBe(undefined)
    clock.advance(1)
    expect(end.closedWith).toEqual([1001, "Idle for too long"])
    expect(clock.pending).toBe(0)
  })

  it("is closed when it was silent for the timeout, and never before", () => {
    const event = fc.record({ pause: fc.integer({ min: 0, max: 150 }), says: fc.constantFrom("hello", "ping", "") })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (script) => {
        const { end, clock, send } = connect({ idleTimeout: 100 })
        let heard = 0
        for (const { pause, says } of script) {
          clock.advance(pause)
          const isOver = clock.now() - heard >= 100
          expect(end.closedWith !== undefined).toBe(isOver)
          if (isOver) return
          send(says)
          heard = clock.now()
        }
        clock.advance(100)
        expect(end.closedWith).toEqual([1001, "Idle for too long"])
        expect(clock.pending).toBe(0)
      }),
    )
  })

  it("takes one timer, and no new one for each message", () => {
    const { clock, send } = connect({ idleTimeout: 1_000 })
    const at = vi.spyOn(clock, "at")
    for (let n = 0; n < 100; n++) send("hello")
    expect(clock.pending).toBe(1)
    expect(at).not.toHaveBeenCalled()
  })

  it("leaves no timer when it closes, or vanishes", () => {
    for (const event of [Object.assign(new Event("close"), { code: 1000, reason: "" }), new Event("error")]) {
      const { end, clock } = connect({ idleTimeout: 1_000 })
      end.dispatchEvent(event)
      expect(clock.pending).toBe(0)
    }
  })

  it.each([0, -1, Number.NaN, "0 seconds"] as const)(
    "is a RangeError where it may not be silent at all: %s",
    (idleTimeout) => {
      expect(() => withDefaults({ idleTimeout })).toThrow(RangeError)
    },
  )

  it("may be silent for a duration with a unit", () => {
    const { end, clock } = connect({ idleTimeout: "2 minutes" })
    clock.advance(119_999)
    expect(end.closedWith).toBe(undefined)
    clock.advance(1)
    expect(end.closedWith?.[0]).toBe(1001)
  })

  it("stays open by default", () => {
    const { end, clock } = connect({})
    expect(clock.pending).toBe(0)
    clock.advance(1e12)
    expect(end.closedWith).toBe(undefined)
  })
})

describe("the keep-alive text of a plain Worker", () => {
  it("is answered, and the flow does not see it", () => {
    const { end, send } = connect({})
    for (const data of ["ping", "hello", "ping"]) send(data)
    expect(end.sent).toEqual(["pong", "hello", "pong"])
  })

  it("is not answered when the connection is closed", () => {
    const { end, send } = connect({ maxMessageSize: 4 })
    for (const data of ["ping", "too long", "ping"]) send(data)
    expect([end.sent, end.late, end.closedWith?.[0]]).toEqual([["pong"], [], 1009])
  })

  it("does not count against the rate", () => {
    const { end, send } = connect({ messagesPerSecond: 2 })
    for (let n = 0; n < 100; n++) send("ping")
    expect(end.sent).toHaveLength(100)
    expect(end.closedWith).toBe(undefined)
  })
})
