import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"

/**
 * Bytes of an entry's code as it is deployed: bundled, minified and gzipped, without code that users have anyway. Its modules are those of
 * which the bundle has code.
 */
async function bundled(contents: string): Promise<{ size: number; modules: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    external: ["hono", "hono/*", "cloudflare:*", "fast-check", "react"],
    write: false,
    metafile: true,
  })
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  return {
    size: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length,
    modules: modules.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([module]) => module),
  }
}

const objectWithoutActors = `
  import { Flow, text, webSocket } from "sluice"
  import { ActorFlow } from "sluice/actor"
  import { FlowObject } from "sluice/durable"
  export class Echo extends FlowObject {
    accept() { return webSocket.endpoint(text, Flow.of<string>()) }
  }`

/** The budget of each: today's size, rounded up. State the reason for a higher budget in its line. */
const budgets: [name: string, budget: number, why: string, code: string][] = [
  [
    "an echo Worker",
    30_010,
    "every operator can be called on a flow, so every operator is in it, those with substreams, restarts, tails that run, batches, costs, full groups that take what costs nothing, and live sources too; errors that say what an author's value was; failures of sinks that a later stage recovers from; a logger and metrics per endpoint; rates that count the time in which a client could not send; errors that name the known options; JSON, in which a protocol speaks; time for asynchronous work that an eviction has interrupted; the times of alarms and the slots of stages in functions that they share, which compress less than copies",
    `import { Flow, text, webSocket } from "sluice"
     export const echo = webSocket.accept(text, () => Flow.of<string>())`,
  ],
  [
    "an echo Worker with webSocketClientFlow",
    33_050,
    "beside the echo Worker: dialing by fetch and by WebSocket, backoff, the messages and the close that wait for a restart, and the life of an outgoing socket; schemas that have decode and encode themselves; errors that name the known options",
    `import { Flow, text, webSocket, webSocketClientFlow } from "sluice"
     export const echo = webSocket.accept(text, () => Flow.of<string>())
     export { webSocketClientFlow }`,
  ],
  [
    "sluice/durable",
    54_540,
    "rows of timers, written with those of their actors; a flow with its substreams, restarts, batches, costs and live sources, timers in a heap, what brings it through hibernation with codecs that name every stored entry, and one dirty set; sessions that outlive their sockets, also those of which the runtime has not reported the end, in the order in which they lost their sockets, and logs of hubs with the gaps that clients are told of, in which sessions count elements without a record; sessions as texts that grow with each event; hubs that wait for the slowest subscriber or send to one, with elements that wait for a window, a commit or another broadcast, whose errors reach their publishers; logs that know where they begin, closed sockets whose flows still work, and sources that others subscribe to; elements of logs behind mergePreferred; rows that the rollback of a transaction does not undo; a logger and metrics of the object; the pause of an actor whose row storage refuses; rows of watches, which outlive a crash; no actors, which come with their Props; errors that name the known options",
    `export * from "sluice/durable"`,
  ],
  [
    "an object without actors",
    60_880,
    "rows of timers, written with those of their actors; a flow with every operator, timers in a heap, a logger and metrics of its own, and what brings it through hibernation, closed sockets whose flows still work too, with time for asynchronous work that an eviction has interrupted, and sessions as texts that grow with each event; rows that the rollback of a transaction does not undo; the pause of an actor whose row storage refuses; copies of initial values that keep their classes; rows of watches, which outlive a crash; the code of actors comes with ActorFlow, Source.actorRef, Sink.actorRef and Props; errors that name the known options",
    objectWithoutActors,
  ],
  [
    "sluice/actor",
    36_670,
    "timers in pages by a hash of their keys, so that a change writes the row of one page; actors with named behaviors, a stash, receive timeouts, timers in a heap, an event stream, escalation and decisions about actors that cannot start, states that are rolled back while timers go on, and the sources and sinks of sluice with every operator, which theirs extend, of which ranges and arrays have stages of their own for speed; saved entries are read by name; watches that outlive a crash and the failure of their actor; Props bring the actor system to an object; errors that name the known options",
    `export * from "sluice/actor"`,
  ],
  [
    "the client's end of a session",
    1_580,
    "frames of both kinds, counts, unconfirmed messages, the numbers of attempts to resume, and another client that has it",
    `export { ClientSession } from "./src/session/client-session.ts"`,
  ],
  [
    "sluice/routing",
    1_210,
    "paths and their addresses, and where their apps are mounted; no flow",
    `export * from "sluice/routing"`,
  ],
  [
    "sluice/protocol",
    1_100,
    "an address, with params that each object inherits, also for documents, the mounts of apps with an error handler, slashes as Hono joins them, the check of its query, and the schemas as they are",
    `export * from "sluice/protocol"`,
  ],
  [
    "sluice/client without resume",
    2_510,
    "reconnecting, attempts without an answer, the check of numbers, an error for a base that is missing, the page cache, before which the page is hidden, what waits to be sent or acknowledged, listeners that throw, events in one order, loops that end while they wait, values that are no messages, a reason that is cut, and the schemas, which check what JSON makes of a message; no Hono, no operators",
    `export { connect } from "sluice/client"`,
  ],
  [
    "sluice/client with resume",
    4_150,
    "frames, counts, the numbers of attempts to resume, the messages that the server has not acknowledged, and another client that has the session",
    `export { connect, resume } from "sluice/client"`,
  ],
  [
    "sluice/client",
    4_540,
    "with resume, over a reload of the page too: what a page keeps in sessionStorage, its check, a storage that throws, also at its name, and another page that has taken it",
    `export * from "sluice/client"`,
  ],
]

/**
 * The additional size of React's hook beside the client: the messages, the status and the close that its component shows, values as a URL has
 * them, functions of the newest render, and messages that children send before it connects.
 */
const hookBudget = 435

/** The test kit, which is in no Worker. */
const kits: typeof budgets = [
  [
    "sluice/testing",
    39_230,
    "errors that show values as they differ, comparisons of values without properties, scripts without messages or time, SQL with as many values as it has parameters, flows with substreams, restarts, batches, costs, live sources and junctions that pass elements to hibernating sockets, an object's runtime in memory, clients of a protocol, and the client's end of a session, which another client may take over; errors that name wrong arguments with their remedy, and errors that name the known options",
    `export * from "sluice/testing"`,
  ],
  [
    "sluice/testing/workerd",
    7_760,
    "the words over the runtime, errors that show values as they differ, comparisons of values without properties, what keeps an object in memory, clients of a protocol, and the client's end of a session, which another client may take over; errors that name wrong arguments with their remedy, and errors that name the known options",
    `export * from "sluice/testing/workerd"`,
  ],
]

describe("the size of", () => {
  it(`sluice/react is at most ${hookBudget} bytes more than that of the client`, async () => {
    const both = (await bundled(`export * from "sluice/client"; export * from "sluice/react"`)).size
    const client = (await bundled(`export * from "sluice/client"`)).size
    expect(both - client).toBeLessThanOrEqual(hookBudget)
  })

  it.each([...budgets, ...kits])("%s is at most %i bytes: %s", async (_name, budget, _why, code) => {
    expect((await bundled(code)).size).toBeLessThanOrEqual(budget)
  })

  it("an echo Worker has no code of outgoing sockets and server-sent events", async () => {
    const { modules } = await bundled(budgets[0]?.[3] ?? "")
    expect(modules.some((module) => module.includes("src/socket/connection.ts"))).toBe(true)
    expect(modules.filter((module) => /client-|dial|server-sent|event-stream/.test(module))).toEqual([])
  })

  it.each(budgets)("%s has no code of the test kit", async (_name, _budget, _why, code) => {
    const { modules } = await bundled(code)
    expect(modules.filter((module) => /testing|fast-check/.test(module.replace(process.cwd(), "")))).toEqual([])
  })

  it("an object without actors has no code of actors (fault 31)", async () => {
    const { modules } = await bundled(objectWithoutActors)
    expect(modules.filter((module) => module.includes("src/actor/"))).toEqual([])
    expect(modules.some((module) => module.includes("src/durable/"))).toBe(true)
  })

  it("an object with an actor has the code of actors", async () => {
    const { modules } = await bundled(objectWithoutActors.replace("Flow.of<string>()", "ActorFlow.actorRef(props)"))
    expect(modules.filter((module) => module.includes("src/actor/"))).not.toEqual([])
  })
})
