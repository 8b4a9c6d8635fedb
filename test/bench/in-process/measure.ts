import { median } from "../harness/rounds.ts"
import { type Bulk, type Contestant, type Handler, ways } from "./work.ts"

/** One case in a process of its own, so that no other case has warmed the compiler: prints nanoseconds an element, or KiB. */
const [file = "", name = "", mode = "", seconds = "1"] = process.argv.slice(2)
const { contestant }: { contestant: Contestant } = await import(file)

const burst = 1000
const patience = 10_000
const model = '{"foo":"abcdefghijklmnop"}'
const messages: Record<string, string> = { model, client: model }

/** How many elements come out for each that is pushed in. */
const shares: Record<string, number> = { push: 1 / 2, mergePush: 1, broadcastPush: ways }
const counts: Record<string, number> = { bulk: 1_000_000, mapAsync: 10_000 }

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Milliseconds of CPU: the garbage collector counts, and other processes of the core do not. */
function cpu(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** The handled elements, and their CPU time. */
type Batch = () => Promise<[count: number, milliseconds: number]>

async function handled<In>(handler: Handler<In>, make: (index: number) => In, share: number): Promise<Batch> {
  let emitted = 0
  const receive = await handler(() => {
    emitted++
  })
  const lone = (count: number) =>
    new Promise<void>((resolve) => {
      let index = 0
      const next = () => {
        receive(make(index))
        if (++index < count) setImmediate(next)
        else resolve()
      }
      setImmediate(next)
    })
  const together = async (count: number) => {
    for (let sent = 0; sent < count; sent += burst) {
      for (let index = 0; index < burst; index++) receive(make(index))
      await turn()
    }
  }
  const count = burst * (mode === "lone" ? 20 : 100)
  return async () => {
    const expected = emitted + count * share
    const [began, before] = [performance.now(), cpu()]
    await (mode === "lone" ? lone(count) : together(count))
    while (emitted < expected) {
      if (performance.now() - began > patience) throw new Error(`${expected - emitted} never came out`)
      await turn()
    }
    const took = cpu() - before
    if (emitted !== expected) throw new Error(`${emitted - expected} too many came out`)
    return [count, took]
  }
}

function whole(bulk: Bulk, count: number): Batch {
  let result: unknown
  return async () => {
    const before = cpu()
    const next = await bulk(count)
    const took = cpu() - before
    result ??= next
    if (next !== result) throw new Error(`${next} came out, not ${result}`)
    return [count, took]
  }
}

function batch(): Promise<Batch> | Batch {
  const share = shares[name]
  const pushed = contestant[name as "push"]
  if (share && pushed) return handled(pushed, (index) => index, share)
  if (name === "echo" || name === "object" || name === "model" || name === "counter" || name === "client") {
    const message = messages[name] ?? "abcdefghijklmnop"
    const handler = contestant[name]
    if (handler) return handled(handler, () => message, 1)
  }
  const bulk = contestant[name as "bulk"]
  if (!bulk) throw new Error(`${file} cannot do ${name}`)
  return whole(bulk, counts[name] ?? 100_000)
}

/** KiB of JavaScript heap for each of many connections that have had a message. */
async function heap(handler: Handler<string>): Promise<number> {
  const connections = 10_000
  const kept = []
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  for (let index = 0; index < connections; index++) {
    const receive = await handler(() => {})
    receive("abcdefghijklmnop")
    kept.push(receive)
  }
  globalThis.gc?.()
  return (process.memoryUsage().heapUsed - before) / kept.length / 1024
}

if (name === "heap" && contestant.echo) {
  console.log(await heap(contestant.echo))
  process.exit()
}

const run = await batch()
const began = performance.now()
const warm = Number(seconds) * 400
const found: number[] = []
let last = 0
while (performance.now() - began < warm + Number(seconds) * 1000 || found.length < 3) {
  const [count, milliseconds] = await run()
  last = (milliseconds * 1_000_000) / count
  if (performance.now() - began > warm) found.push(last)
}
console.log(median(found))
process.exit()
