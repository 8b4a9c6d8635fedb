import { readFileSync } from "node:fs"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import {
  errors,
  fullest,
  House,
  keys,
  newClockwork,
  object,
  reconnect,
  rows,
  say,
  second,
  setRelease,
  taken,
  writtenBy,
} from "../support/clockwork.ts"
import { fromGolden, toGolden } from "../support/golden.ts"

type Row = [layout: number, fingerprint: string, snapshot: [[number, number, number, actor: Record<string, unknown>]]]

beforeEach(newClockwork)
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe.each([10_000, 100_000])("%i timers of an actor (fault 47)", (count) => {
  it("are rows of a bounded number of timers, of which a change writes three at most", async () => {
    say(`set 0 ${count}`)
    expect(rows().length).toBeGreaterThan(count / 600)
    expect(fullest()).toBeLessThan(600)
    await object.evict()
    expect(writtenBy(() => say("set 5"))).toBeLessThanOrEqual(3)
    expect(writtenBy(() => say("cancel 7"))).toBeLessThanOrEqual(3)
    expect(writtenBy(() => say(`set ${count}`))).toBeLessThanOrEqual(4)
    expect(writtenBy(() => object.advance(60 * second - 1))).toBeLessThanOrEqual(3)
    expect(taken()).toEqual(["t0"])
  })

  it("fire together, each once, and leave no row", async () => {
    say(`together 0 ${count}`)
    await object.evict()
    object.advance(60 * second)
    expect(taken()).toEqual(keys(0, count))
    expect([rows(), object.alarm]).toEqual([[], null])
  })
})

/** The row of the actor, and the actor in it. */
function stored() {
  const row = structuredClone(object.rows.get("sluice:actor:clockwork")) as Row
  return { row, actor: row[2][0][3] }
}

describe("the rows of an actor's timers", () => {
  it("do not exist for few timers, which are saved with their actor", () => {
    say("set 0 32")
    expect(rows()).toEqual([])
    say("set 32")
    expect(rows()).toEqual(["sluice:timers:/clockwork/:0"])
  })

  it("are read after hibernation only if a timer is due or queried (fault 47)", async () => {
    say("set 0 10000")
    await object.evict()
    const read = vi.spyOn(object.rows, "get")
    say("active 5", "active 10000")
    expect(taken()).toEqual(["true", "false"])
    object.advance(60 * second - 1)
    expect(taken()).toEqual(["t0"])
    // Three pages are read, and one is read again when it is written.
    expect(read.mock.calls.filter(([key]) => key.startsWith("sluice:timers:")).length).toBeLessThanOrEqual(4)
  })

  it("are written with the actor's state, or not at all, as after a crash", async () => {
    say("set 0 100")
    object.instance.say("cancel 0 50")
    await object.crash()
    await reconnect()
    say("active 10")
    expect(taken()).toEqual(["true"])
  })

  it("are not written if the row of the actor cannot be written, and the other way round", async () => {
    say("set 0 100")
    for (const part of ["sluice:timers:", "sluice:actor:"]) {
      object.isFull = (key) => key.startsWith(part)
      const before = new Map(object.rows)
      say("set 100 200")
      expect(new Map([...object.rows].filter(([key]) => !key.includes("spill")))).toEqual(before)
      object.isFull = () => false
      await object.evict()
      await reconnect()
    }
    object.advance(61 * second)
    say("active 0")
    expect(taken()).toEqual(["false"])
  })

  it("survive a failure of their actor as they were stored", async () => {
    say("set 0 100", "fail")
    await reconnect()
    say("active 50")
    expect(taken()).toEqual(["true"])
  })

  it.each(["cancelAll", "stop"])("are deleted after %s", async (verb) => {
    say("set 0 1000", "large 1000")
    await object.evict()
    say(verb)
    expect([rows(), object.alarm]).toEqual([[], null])
    object.advance(120 * second)
    expect(taken()).toEqual([])
  })

  it("have a large message in a row of its own, which is read when it fires", async () => {
    say("large 0 3")
    await object.evict()
    say("cancel 1")
    expect(rows()).toEqual([
      "sluice:timers:/clockwork/=1",
      "sluice:timers:/clockwork/=3",
      "sluice:timers:/clockwork/:0",
    ])
    object.advance(60 * second)
    expect(taken()).toEqual(["t0500000", "t2500000"])
    expect(rows()).toEqual([])
  })

  it("are not written when timers at a fixed rate fire, which keep their grid", async () => {
    say("beat 0 40 10")
    for (const _ of [1, 2, 3]) {
      await object.evict()
      expect(writtenBy(() => object.advance(10 * second - 1))).toBe(1)
      expect(taken()).toEqual(keys(0, 40))
    }
  })

  it("are written again after deleteAll", async () => {
    say("set 0 1000", "large 1000")
    await object.evict()
    await object.instance.wipe()
    await object.evict()
    object.advance(61 * second)
    expect(taken().sort()).toEqual([...keys(0, 1000), "t1000500000"].sort())
  })

  it("are in the snapshot that is migrated, and are written anew", async () => {
    say("set 0 1000", "large 1000")
    setRelease(2, ({ timers = [], ...actor }) => ({ ...actor, timers: timers.slice(0, 5) }))
    await object.deploy(House)
    say("active 4", "active 5")
    expect([taken(), rows()]).toEqual([["true", "false"], []])
    await object.evict()
    object.advance(61 * second)
    expect(taken()).toEqual(keys(0, 5))
  })

  it("are logged once if another release has written them, and their timers are lost", async () => {
    say("set 0 1000")
    for (const key of rows()) object.rows.set(key, [99, "?"])
    await object.evict()
    say("active 1", "active 2", "set 1")
    expect(taken()).toEqual(["false", "false"])
    expect(errors.map(({ event }) => event)).toEqual(["timers unreadable"])
  })

  it("equal the golden file, which is restored", async () => {
    for (const text of ["large 0", "set 1 3", "beat 3 4 10"]) object.instance.say(text)
    const page = "sluice:timers:/clockwork/:0"
    const file = new URL("../golden/timers-row.json", import.meta.url).pathname
    await expect(toGolden(object.rows.get(page))).toMatchFileSnapshot(file)
    object.rows.set(page, fromGolden(readFileSync(file, "utf8")))
    await object.evict()
    say("active 0", "active 2", "active 3", "active 4")
    expect(taken()).toEqual(["true", "true", "true", "false"])
  })

  it("take over the timers of an actor that has all of them in its row (fault 47)", async () => {
    say("set 0 3")
    const { row, actor } = stored()
    const [[, message, start]] = actor.timers as [[string, unknown, number]]
    actor.timers = keys(0, 1000).map((key, index) => [key, message, start + index, undefined, 0])
    object.rows.set("sluice:actor:clockwork", row)
    await object.evict()
    say("cancel 999")
    expect(rows().length).toBeGreaterThan(1)
    expect(stored().actor).not.toHaveProperty("timers")
    object.advance(61 * second)
    expect(taken().length).toBe(999)
  })
})
