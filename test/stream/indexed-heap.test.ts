import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type HeapItem, IndexedHeap } from "../../src/stream/indexed-heap.ts"

interface Item extends HeapItem {
  rank: number
}

function drain(heap: IndexedHeap<Item>): number[] {
  const ranks: number[] = []
  for (let item = heap.first; item; item = heap.first) {
    ranks.push(item.rank)
    heap.delete(item)
  }
  return ranks
}

describe("an indexed heap", () => {
  it("has the first of its items first, for any additions and deletions", () => {
    const items = fc.array(fc.record({ rank: fc.nat(20), isDeleted: fc.boolean(), heapIndex: fc.constant(-1) }))
    const property = fc.property(items, (items) => {
      const heap = new IndexedHeap<Item>((one, other) => one.rank < other.rank)
      for (const item of items) heap.add(item)
      for (const item of items) if (item.isDeleted) expect(heap.delete(item)).toBe(true)
      const kept = items.filter(({ isDeleted }) => !isDeleted)
      expect(heap.size).toBe(kept.length)
      expect(drain(heap)).toEqual(kept.map(({ rank }) => rank).sort((one, other) => one - other))
    })
    fc.assert(property)
  })

  it("has an item once", () => {
    const heap = new IndexedHeap<Item>((one, other) => one.rank < other.rank)
    const item = { rank: 1, heapIndex: -1 }
    heap.add(item)
    heap.add(item)
    expect(heap.size).toBe(1)
    expect([heap.delete(item), heap.delete(item), heap.first]).toEqual([true, false, undefined])
  })

  it("compares a number of items that grows with the logarithm of its size", () => {
    let compared = 0
    const heap = new IndexedHeap<Item>((one, other) => {
      compared++
      return one.rank < other.rank
    })
    const items = Array.from({ length: 100_000 }, (_, index) => ({ rank: (index * 7919) % 100_003, heapIndex: -1 }))
    for (const item of items) {
      compared = 0
      heap.add(item)
      expect(compared).toBeLessThanOrEqual(17)
    }
    for (const item of items) {
      compared = 0
      heap.delete(item)
      expect(compared).toBeLessThanOrEqual(3 * 17)
    }
  })
})
