import { describe, expect, it } from "vitest"
import { DirtySet } from "../../src/durable/dirty-set.ts"

describe("a dirty set", () => {
  it("saves items once that were added twice, in the order of the first additions", () => {
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

  it("leaves items that become dirty during a save to the next save", () => {
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

  it("does not save deleted items", () => {
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

  it("is not empty while an item is left that was added after a deleted one", () => {
    const dirty = new DirtySet()
    let saves = 0
    const [deleted, kept] = [{ save() {} }, { save: () => void saves++ }]
    dirty.add(deleted)
    dirty.add(kept)
    dirty.delete(deleted)
    expect(dirty.isEmpty).toBe(false)
    dirty.save()
    expect([saves, dirty.isEmpty]).toEqual([1, true])
  })
})
