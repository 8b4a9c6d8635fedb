import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { CloseError } from "../../src/socket/close.ts"
import { LimitGuard, type Limits, type SavedGuard, withDefaults } from "../../src/socket/limits.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const guard = (limits: Limits) => new LimitGuard(withDefaults(limits))

describe("maxMessageSize", () => {
  const takes = (maxMessageSize: number, data: string | Uint8Array) => {
    try {
      guard({ maxMessageSize }).check(data, 0)
      return true
    } catch (error) {
      expect(error).toEqual(new CloseError(1009, `A message may have ${maxMessageSize} bytes`))
      return false
    }
  }

  it.each([
    ["a", 1],
    ["é", 2],
    ["€", 3],
    ["😀", 4],
  ])("counts text in UTF-8: %s", (character, size) => {
    expect(takes(size * 10, character.repeat(10))).toBe(true)
    expect(takes(size * 10 - 1, character.repeat(10))).toBe(false)
  })

  it("accepts a message of exactly that size, and none with a byte more", () => {
    const messages = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.uint8Array())
    fc.assert(
      fc.property(messages, (data) => {
        const size = typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength
        expect(takes(Math.max(1, size), data)).toBe(true)
        expect(takes(size + 1, data)).toBe(true)
        if (size > 1) expect(takes(size - 1, data)).toBe(false)
      }),
    )
  })

  it("is 1 MiB by default", () => {
    expect(() => guard({}).check("a".repeat(1_048_576), 0)).not.toThrow()
    expect(() => guard({}).check(new Uint8Array(1_048_576), 0)).not.toThrow()
    expect(() => guard({}).check("a".repeat(1_048_577), 0)).toThrow(CloseError)
    expect(() => guard({}).check(new Uint8Array(1_048_577), 0)).toThrow(CloseError)
  })
})

describe("messagesPerSecond", () => {
  const rates = fc.integer({ min: 1, max: 500 })
  /** A current time: with numbers that large, fractions of milliseconds are coarse. */
  const instants = fc.integer({ min: 1_700_000_000_000, max: 2_000_000_000_000 })

  /** Whether each of the messages after these pauses is accepted, up to the first that is not. */
  function taken(messagesPerSecond: number, start: number, pauses: readonly number[]): boolean[] {
    const clock = new TestClock()
    clock.advance(start)
    const rate = guard({ messagesPerSecond })
    const answers: boolean[] = []
    for (const pause of pauses) {
      clock.advance(pause)
      try {
        rate.check("message", clock.now())
        answers.push(true)
      } catch (error) {
        expect(error).toEqual(new CloseError(1008, `${messagesPerSecond} messages a second are allowed`))
        return [...answers, false]
      }
    }
    return answers
  }

  it("accepts that many at once, and no further one", () => {
    fc.assert(
      fc.property(rates, instants, (rate, start) => {
        const burst = Array.from({ length: rate }, () => 0)
        expect(taken(rate, start, [...burst, 0])).toEqual([...burst.map(() => true), false])
      }),
    )
  })

  it("accepts one message at once if the rate is below one in a second", () => {
    expect(taken(0.5, 1_700_000_000_000, [0, 2_000, 2_000, 5_000, 1_999])).toEqual([true, true, true, true, false])
  })

  it("is exact if a message has less than a millisecond", () => {
    const burst = Array.from({ length: 2_000 }, () => 0)
    expect(taken(2_000, 1_700_000_000_000, [...burst, 0])).toEqual([...burst.map(() => true), false])
  })

  it("accepts that many again after a second of silence", () => {
    fc.assert(
      fc.property(rates, instants, (rate, start) => {
        const burst = Array.from({ length: rate - 1 }, () => 0)
        expect(taken(rate, start, [0, ...burst, 1_000, ...burst])).not.toContain(false)
      }),
    )
  })

  it("accepts the steady rate for ever, even after a burst", () => {
    fc.assert(
      fc.property(rates, instants, (rate, start) => {
        const burst = Array.from({ length: rate }, () => 0)
        const due = (n: number) => Math.ceil((n * 1_000) / rate)
        const steady = Array.from({ length: 2_000 }, (_, n) => due(n + 1) - due(n))
        expect(taken(rate, start, [...burst, ...steady])).not.toContain(false)
      }),
    )
  })

  it("refuses the first message above a full bucket and its refill since", () => {
    const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 })), { maxLength: 60 })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), instants, pauses, (rate, start, pauses) => {
        // In thousandths of a message all numbers are whole.
        let level = 0
        const expected: boolean[] = []
        for (const pause of pauses) {
          level = Math.max(0, level - pause * rate) + 1_000
          expected.push(level <= rate * 1_000)
          if (level > rate * 1_000) break
        }
        expect(taken(rate, start, pauses)).toEqual(expected)
      }),
      { numRuns: 2_000 },
    )
  })

  it("is kept by a restored guard", () => {
    const first = guard({ messagesPerSecond: 2 })
    first.check("a", 1_000)
    const second = guard({ messagesPerSecond: 2 })
    second.restore(first.save() ?? 0)
    second.check("b", 1_000)
    expect(() => second.check("c", 1_000)).toThrow(CloseError)
  })

  it("keeps nothing if it is off", () => {
    const off = guard({})
    off.check("a", 1_000)
    expect(off.save()).toBe(undefined)
  })

  it("is off by default", () => {
    expect(
      taken(
        Infinity,
        0,
        Array.from({ length: 100_000 }, () => 0),
      ),
    ).not.toContain(false)
  })
})

describe("messagesPerSecond of a client that is without a socket at times", () => {
  const rates = fc.integer({ min: 1, max: 20 })
  const start = 1_700_000_000_000

  /** A client whose guard hibernates after each event. */
  class Client {
    now = start
    private saved: SavedGuard

    constructor(private readonly messagesPerSecond: number) {
      this.saved = new LimitGuard(withDefaults({ messagesPerSecond }), start).save() ?? 0
    }

    return(): void {
      this.use((guard) => guard.countPause(this.now))
    }

    /** Whether it is accepted. */
    send(): boolean {
      return this.use((guard) => {
        try {
          guard.check("message", this.now)
          return true
        } catch {
          return false
        }
      })
    }

    /** How many messages are accepted at once, at most so many. */
    sendAll(most: number): number {
      for (let sent = 0; sent < most; sent++) if (!this.send()) return sent
      return most
    }

    private use<T>(event: (guard: LimitGuard) => T): T {
      const restored = guard({ messagesPerSecond: this.messagesPerSecond })
      restored.restore(structuredClone(this.saved))
      const result = event(restored)
      this.saved = restored.save() ?? 0
      return result
    }
  }

  it("accepts at once what the client could have sent since its last message, and no further one", () => {
    fc.assert(
      fc.property(rates, fc.nat(40_000), (rate, away) => {
        const client = new Client(rate)
        expect(client.sendAll(rate)).toBe(rate)
        client.now += away
        client.return()
        expect(client.sendAll(2_000)).toBe(Math.floor((rate * away) / 1_000))
      }),
    )
  })

  it("accepts 1,000 messages at once beyond the limit, however long the absence", () => {
    const client = new Client(5)
    client.now += 86_400_000
    client.return()
    expect(client.sendAll(5_000)).toBe(1_005)
    client.return()
    expect(client.send()).toBe(false)
  })

  it("does not count time with a socket for more than one second", () => {
    const client = new Client(5)
    client.now += 10_000
    client.return()
    client.now += 60_000
    expect(client.sendAll(500)).toBe(55)
  })

  const steps = fc.array(
    fc.record({ pause: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })), does: fc.nat(5) }),
    { maxLength: 80 },
  )

  /** 0: loses the socket; 1: is back; others: sends. */
  function play(rate: number, events: readonly { pause: number; does: number }[], sends: (now: number) => number) {
    const client = new Client(rate)
    let isAway = false
    let kept = 0
    let accepted = 0
    for (const { pause, does } of [...events, { pause: 0, does: 1 }]) {
      client.now += pause
      if (does === 0) isAway = true
      else if (does === 1 && isAway) {
        isAway = false
        client.return()
      } else if (does > 1) kept += sends(client.now)
      if (isAway) continue
      const taken = client.sendAll(kept)
      accepted += taken
      expect(accepted * 1_000).toBeLessThanOrEqual(rate * (client.now - start + 1_000))
      if (taken < kept) return false
      kept = 0
    }
    return true
  }

  it("accepts every message of a client that keeps the limit, whenever its socket is lost", () => {
    fc.assert(
      fc.property(rates, steps, (rate, events) => {
        // Thousandths of a message.
        let room = rate * 1_000
        let last = start
        const allowed = (now: number) => {
          room = Math.min(rate * 1_000, room + (now - last) * rate)
          last = now
          const messages = Math.floor(room / 1_000)
          room -= messages * 1_000
          return messages
        }
        expect(play(rate, events, allowed)).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it("accepts no more in all than the limit allows since the first connection, whenever the socket is lost", () => {
    fc.assert(
      fc.property(rates, steps, fc.integer({ min: 1, max: 100 }), (rate, events, burst) => {
        play(rate, events, () => burst)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe("an invalid limit", () => {
  /** A value that TypeScript would refuse. */
  const mistyped = (limits: object) => limits as Limits

  it.each(["maxMessageSize", "messagesPerSecond", "maxQueuedMessages", "maxBufferedAmount"])(
    "is refused: %s",
    (name) => {
      for (const limit of [0, -1, Number.NaN, "100", null, {}]) {
        expect(() => withDefaults(mistyped({ [name]: limit }))).toThrow(RangeError)
      }
      expect(() => withDefaults(mistyped({ [name]: "100" }))).toThrow(
        `The limit ${name} must be a number above 0, not "100"`,
      )
    },
  )

  it("is refused if its strategy does not exist (fault 13)", () => {
    expect(() => withDefaults(mistyped({ queueOverflow: "dropOld" }))).toThrow(
      new TypeError(
        'The limit queueOverflow is "dropOld": it must be one of dropHead, dropTail, dropNew, dropBuffer, fail',
      ),
    )
    expect(() => withDefaults(mistyped({ queueOverflow: "backpressure" }))).toThrow(TypeError)
    expect(() => withDefaults(mistyped({ slowReader: "dropTail" }))).toThrow(
      new TypeError('The limit slowReader is "dropTail": it must be one of backpressure, dropHead, dropNew, fail'),
    )
  })

  it("is refused if no limit has its name (fault 13)", () => {
    const known =
      "maxMessageSize, messagesPerSecond, maxQueuedMessages, maxBufferedAmount, queueOverflow, slowReader, idleTimeout"
    expect(() => withDefaults(mistyped({ maxMesageSize: 10 }))).toThrow(
      new TypeError(`There is no limit "maxMesageSize": there are ${known}`),
    )
  })

  it("has its default if it is not given", () => {
    const defaults = {
      ...{ maxMessageSize: 1_048_576, messagesPerSecond: Infinity, maxQueuedMessages: 256, queueOverflow: "fail" },
      ...{ maxBufferedAmount: 1_048_576, slowReader: "backpressure", idleTimeout: Infinity },
    }
    expect(withDefaults({})).toEqual(defaults)
    expect(withDefaults(Object.fromEntries(Object.keys(defaults).map((name) => [name, undefined])))).toEqual(defaults)
    expect(withDefaults({ idleTimeout: 1 }).idleTimeout).toBe(1)
    expect(withDefaults({ idleTimeout: "2 seconds", queueOverflow: "dropTail", slowReader: "dropHead" })).toEqual({
      ...defaults,
      ...{ idleTimeout: 2_000, queueOverflow: "dropTail", slowReader: "dropHead" },
    })
  })
})
