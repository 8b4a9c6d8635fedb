import { describe, expect, it } from "vitest"
import { DirtySet } from "../../src/durable/dirty-set.ts"

describe("a dirty set", () => {
  it("saves once what was added twice, in the order of the first additions", () => {
    const dirty = new DirtySet()
    const saved: string[] = []
    const [one, other] = ["one", "other"].map((name) => ({ save: () => void saved.push(name) })) as [
      { save(): void },
      { save(): void },
    ]
    dirty.add(one)
    dirty.add(other)
    dirty.add(one)
    dirty.save()
    expect(saved).toEqual(["one", "other"])
    expect(dirty.isEmpty).toBe(true)
  })

  it("leaves what becomes dirty during a save for the next one", () => {
    const dirty = new DirtySet()
    let saves = 0
    const restless = {
      save() {
        saves++
        dirty.add(restless)
      },
    }
    dirty.add(restless)
    dirty.save()
    expect(saves).toBe(1)
    expect(dirty.isEmpty).toBe(false)
  })

  it("does not save what was deleted", () => {
    const dirty = new DirtySet()
    const stopped = {
      save() {
        throw new Error("It is stopped")
      },
    }
    dirty.add(stopped)
    expect(dirty.delete(stopped)).toBe(true)
    dirty.save()
    expect(dirty.delete(stopped)).toBe(false)
  })
})
