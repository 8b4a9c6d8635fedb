import { describe, expect, it } from "vitest"
import { withOwnBytes } from "../../src/stream/engine/own-bytes.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Probe } from "../../src/testing/probe/probe.ts"

type Bytes = Uint8Array
type Operator = (flow: Flow<Bytes, Bytes>) => Flow<Bytes, unknown>

/** Four bytes of a message of a hundred thousand. */
const part = (first = 1) => new Uint8Array(100_000).fill(first).subarray(10, 14)
const bytes = () => Flow.of<Bytes>()
const never = Source.never<Bytes>()
const same = <T>(value: T) => value

/** Every operator that keeps an element without demand. */
const keepers: Record<string, Operator> = {
  buffer: (flow) => flow.buffer(9, "dropHead"),
  conflate: (flow) => flow.conflate((_, newest) => newest),
  conflateWithSeed: (flow) => flow.conflateWithSeed(same, (_, newest) => newest),
  batch: (flow) => flow.batch(2, same, (_, newest) => newest),
  expand: (flow) => flow.expand((element) => [element]),
  delay: (flow) => flow.delay(10),
  throttle: (flow) => flow.throttle(1, 10, { burst: 1 }),
  debounce: (flow) => flow.debounce(10),
  groupedWithin: (flow) => flow.groupedWithin(9, 10),
  groupedWeightedWithin: (flow) => flow.groupedWeightedWithin(9, 10, () => 1),
  keepAlive: (flow) => flow.keepAlive(10, () => part()),
  mapAsyncPartitioned: (flow) =>
    flow.mapAsyncPartitioned(
      9,
      () => 0,
      () => new Promise<Bytes>(() => {}),
    ),
  mapAsync: (flow) => flow.mapAsync(9, () => new Promise<Bytes>(() => {})),
  mapAsyncUnordered: (flow) => flow.mapAsyncUnordered(9, () => new Promise<Bytes>(() => {})),
  foldAsync: (flow) => flow.foldAsync(part(), () => new Promise<Bytes>(() => {})),
  merge: (flow) => flow.merge(never),
  mergePrioritized: (flow) => flow.mergePrioritized(never, 1, 1),
  mergePreferred: (flow) => flow.mergePreferred(never),
  mergeLatest: (flow) => flow.mergeLatest(never),
  zip: (flow) => flow.zip(never),
  zipLatest: (flow) => flow.zipLatest(never),
  recover: (flow) => flow.recover(() => part()),
  flatMapConcat: (flow) => flow.flatMapConcat((element) => Source.single(element)),
  "flatMapConcat, within": (flow) =>
    flow.flatMapConcat((element) => Source.single(element).buffer(9, "dropHead").delay(10)),
  flatMapMerge: (flow) => flow.flatMapMerge(9, (element) => Source.from([element, element])),
  broadcast: (flow) => flow.broadcast(same, same),
  partition: (flow) =>
    flow.partition(
      () => 0,
      (all) => all.initialDelay(10),
      same,
    ),
  balance: (flow) =>
    flow.balance(
      (all) => all.initialDelay(10),
      (all) => all.initialDelay(10),
    ),
  divertTo: (flow) => flow.divertTo(bytes().initialDelay(10).to(Sink.ignore()), () => true),
}

/** Every operator that keeps a state which an author may put bytes into. */
const states: Record<string, Operator> = {
  scan: (flow) => flow.scan<Bytes[]>([], (all, element) => [...all, element]),
  "scan, of objects": (flow) => flow.scan({}, (_, element) => ({ last: { message: { element } } })),
  statefulMap: (flow) =>
    flow.statefulMap(
      () => new Map<number, Bytes>(),
      (all, element) => [all.set(all.size, element), element],
    ),
  statefulMapConcat: (flow) =>
    flow.statefulMapConcat<Set<Bytes>, Bytes>(
      () => new Set(),
      (all, element) => [all.add(element), [element]],
    ),
  grouped: (flow) => flow.grouped(9),
  sliding: (flow) => flow.sliding(3),
  mapConcat: (flow) => flow.mapConcat((element) => [element, element]),
  fold: (flow) => flow.alsoTo(Sink.fold<Bytes, Bytes[]>([], (all, element) => [...all, element])),
  last: (flow) => flow.alsoTo(Sink.last<Bytes>()),
  takeLast: (flow) => flow.alsoTo(Sink.takeLast<Bytes>(9)),
  reduce: (flow) => flow.alsoTo(Sink.reduce<Bytes>((_, newest) => newest)),
  combine: (flow) => flow.alsoTo(Sink.combine([Sink.head<Bytes>(), Sink.last<Bytes>()])),
  toArray: (flow) => flow.alsoTo(Sink.toArray<Bytes>()),
}

/** The bytes of all buffers in a value: structured clone keeps them whole. */
function bytesIn(value: unknown, buffers = new Set<ArrayBufferLike>()): number {
  const rest = [structuredClone(value)]
  while (rest.length > 0) {
    const next: unknown = rest.pop()
    if (ArrayBuffer.isView(next)) buffers.add(next.buffer)
    else if (next instanceof Map) rest.push(...next.keys(), ...next.values())
    else if (next instanceof Set) rest.push(...next)
    else if (typeof next === "object" && next !== null) rest.push(...Object.values(next))
  }
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
}

describe("a few bytes of a large message are kept without the rest of it (fault 8)", () => {
  it.each(Object.entries(keepers))("by %s", (_, operator) => {
    const probe = Probe.flow(() => operator(bytes()))
    for (let count = 0; count < 3; count++) {
      if (!probe.demand) probe.request(1)
      if (probe.demand) probe.send(part())
    }
    if (probe.demand) probe.send(part())
    if (_ === "recover") probe.fail(new Error("broken"))
    const saved = probe.save()
    expect(JSON.stringify(saved)).toContain('"0":1,"1":1,"2":1,"3":1')
    expect(bytesIn(saved)).toBeLessThan(100)
  })

  it.each(Object.entries(states))("by the state of %s", (_, operator) => {
    const probe = Probe.flow(() => operator(bytes())).request(3)
    for (let count = 0; count < 3; count++) if (probe.demand) probe.send(part(count + 1))
    expect(bytesIn(probe.save())).toBeLessThan(100)
    expect(bytesIn(probe.hibernate().save())).toBeLessThan(100)
  })

  it("by a queue", () => {
    const probe = Probe.source(() => {
      const queue = Source.queue<Bytes>(9)
      for (let count = 0; count < 3; count++) queue.offer(part())
      return queue.source
    })
    expect(bytesIn(probe.save())).toBeLessThan(100)
  })

  it("and are emitted unchanged", () => {
    const probe = Probe.flow(() => bytes().buffer(9, "dropHead")).send(part(1), part(2))
    const [first, second] = probe.hibernate().unbounded().received
    expect([[...(first ?? [])], [...(second ?? [])]]).toEqual([
      [1, 1, 1, 1],
      [2, 2, 2, 2],
    ])
  })
})

describe("a value with bytes of its own", () => {
  const whole = new Uint8Array(8)

  it.each([
    1,
    "text",
    null,
    undefined,
    [1, [2, { three: new Date(3) }]],
    { whole, again: [whole], buffer: whole.buffer },
    new Map([[whole, new Set([whole])]]),
    new Error("broken"),
    () => 1,
  ])("is the same value without a view of a part: %#", (value) => {
    expect(withOwnBytes(value)).toBe(value)
  })

  it("keeps the type of every view", () => {
    const { buffer } = new Uint8Array([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    ])
    const views = [
      new Uint8Array(buffer, 8, 8),
      new Int16Array(buffer, 8, 4),
      new Float64Array(buffer, 8, 1),
      new BigInt64Array(buffer, 8, 1),
      new DataView(buffer, 8, 8),
    ]
    const copies = withOwnBytes(views)
    expect(copies).toEqual(views)
    for (const [index, copy] of copies.entries()) {
      expect(copy.constructor).toBe(views[index]?.constructor)
      expect(copy.buffer.byteLength).toBe(8)
      expect([...new Uint8Array(copy.buffer)]).toEqual([9, 10, 11, 12, 13, 14, 15, 16])
    }
  })

  it("is found at any depth, also in objects that structured clone makes plain", () => {
    class Holder {
      constructor(readonly held: unknown) {}
    }
    const places = [[[part()]], { a: { b: part() } }, new Map([["key", part()]]), new Set([part()]), new Holder(part())]
    for (const place of places) expect(bytesIn(withOwnBytes(place))).toBe(4)
  })

  it("is unchanged if it is too deep to copy", () => {
    let deep: unknown = part()
    for (let depth = 0; depth < 100_000; depth++) deep = depth % 2 ? [deep] : { deep }
    expect(withOwnBytes(deep)).toBe(deep)
  })

  it("keeps shared references and cycles", () => {
    const shared = [part()]
    const value = { first: shared, second: shared, itself: [] as unknown[] }
    value.itself.push(value)
    const copy = withOwnBytes(value)
    expect(copy).not.toBe(value)
    expect(copy.first).toBe(copy.second)
    expect(copy.itself[0]).toBe(copy)
    expect(copy.first[0]?.buffer.byteLength).toBe(4)
    expect(shared[0]?.buffer.byteLength).toBe(100_000)
  })

  it("is found in a value that refers to itself and has no view", () => {
    const value: { itself?: unknown } = {}
    value.itself = [value, value]
    expect(withOwnBytes(value)).toBe(value)
  })

  it("keeps special keys, and holes", () => {
    const value = Object.defineProperty(
      { part: part(), list: Object.assign(new Array(3), { 0: 1, 2: 3 }) },
      "__proto__",
      { value: 7, enumerable: true },
    )
    const copy = withOwnBytes(value)
    expect(Object.entries(copy).map(([key]) => key)).toEqual(["part", "list", "__proto__"])
    expect(1 in copy.list).toBe(false)
    expect(copy.list.length).toBe(3)
  })
})
