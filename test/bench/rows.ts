import { cpuPerDelivery, deliveriesPerSecond, firstReply, memoryPerSocket, startUp } from "./harness/crowd.ts"
import { type Case, nanoseconds, printedBy } from "./harness/in-process.ts"
import { cpuPerMessage, type Load } from "./harness/load.ts"
import type { Sample } from "./harness/machine.ts"
import { oneByOne } from "./harness/rounds.ts"
import { comeBack, memoryOfStorm, type Storm } from "./harness/storm.ts"
import type { Column } from "./harness/table.ts"
import { cpuPerTimer } from "./harness/timers.ts"

export interface Row {
  title: string
  column: Column
  /** The others are compared with the first. "control" is the first again, and shows the noise. */
  contestants: readonly string[]
  /** One round. */
  measure(contestants: readonly string[]): Promise<Map<string, Sample>>
}

const seconds = Number(process.env.BENCH_SECONDS ?? 2)

const files: Record<string, string> = {
  raw: "in-process/raw.ts",
  control: "in-process/raw.ts",
  sluice: "in-process/sluice.ts",
  "async generators": "in-process/generators.ts",
  TransformStream: "in-process/transform-streams.ts",
  RxJS: "rivals/rxjs.ts",
  callbag: "rivals/callbag.ts",
  most: "rivals/most.ts",
  Effect: "rivals/effect.ts",
  "sluice, with resume": "in-process/resuming-client.ts",
}

const workers: Record<string, string> = {
  raw: "workers/raw.ts",
  control: "workers/raw.ts",
  "raw, from memory": "workers/raw.ts",
  sluice: "workers/sluice.ts",
  "sluice, a hub": "workers/sluice.ts",
  "sluice, an actor": "workers/sluice.ts",
  "sluice, gathered": "workers/sluice.ts",
  "sluice, gathered and in batches": "workers/sluice.ts",
  Hono: "workers/hono.ts",
  crossws: "rivals/crossws.ts",
  PartyServer: "rivals/partyserver.ts",
}

const perElement: Column = { unit: "ns an element", digits: 1, compare: "ratio" }
const addedCost: Column = { unit: "ns a message", digits: 0, compare: "added" }
const perMessage: Column = { unit: "µs of CPU a message", digits: 1, compare: "ratio" }
const perDelivery: Column = { unit: "µs of CPU a delivery", digits: 1, compare: "ratio" }

function inProcess(title: string, column: Column, contestants: string[], about: Omit<Case, "file" | "seconds">): Row {
  const measure = (name: string) => nanoseconds({ ...about, file: files[name] ?? "", seconds: seconds / 2 })
  return { title, column, contestants, measure: oneByOne(measure) }
}

function messages(title: string, contestants: string[], path: string, more: Pick<Load, "message"> = {}): Row {
  const paths: Record<string, string> = { "raw, from memory": "/cached-counter" }
  const measure = (name: string) =>
    cpuPerMessage({ ...more, worker: workers[name] ?? "", path: paths[name] ?? path, seconds })
  return { title, column: perMessage, contestants, measure: oneByOne(measure) }
}

function room(members: number): Row {
  const measure = (name: string) => {
    const path = name === "sluice, an actor" ? "/actor-room" : "/room"
    return cpuPerDelivery({ worker: workers[name] ?? "", path, members, seconds: Math.max(seconds, members / 2000) })
  }
  return {
    title: `Room of ${members}, each message to all of them`,
    column: perDelivery,
    contestants: ["raw", "control", "sluice, a hub", "sluice, an actor", "crossws", "PartyServer"],
    measure: oneByOne(measure),
  }
}

function afterEviction(title: string, contestants: string[], path: string, answers: number): Row {
  return {
    title,
    column: { unit: "ms", digits: 1, compare: "ratio" },
    contestants,
    measure: oneByOne((name) => firstReply({ worker: workers[name] ?? "", path, sockets: 5000, answers })),
  }
}

/** Workers with the measured code alone, because each class of objects takes the runtime some milliseconds. */
function start(what: "echo" | "object", contestants: string[]): Row {
  const own: Record<string, string> = {
    raw: `workers/small/raw-${what}.ts`,
    control: `workers/small/raw-${what}.ts`,
    sluice: `workers/small/sluice-${what}.ts`,
  }
  return {
    title: `Start of the process to the first response, a Worker with an ${what}`,
    column: { unit: "ms", digits: 1, compare: "added" },
    contestants,
    measure: oneByOne((name) => startUp(own[name] ?? workers[name] ?? "")),
  }
}

/** Clients of a room that are lost at once, and reconnect at once. */
function storm(title: string, column: Column, measure: (about: Storm) => Promise<Sample>): Row {
  return {
    title,
    column,
    contestants: ["raw", "control", "sluice", "sluice, with resume"],
    measure: oneByOne((name) => {
      const resumes = name === "sluice, with resume"
      const path = resumes ? "/resuming-room" : "/room"
      return measure({ worker: workers[name] ?? "workers/sluice.ts", path, sockets: 5000, missed: resumes ? 10 : 0 })
    }),
  }
}

function timers(count: number): Row {
  return {
    title: `${count.toLocaleString("en")} timers of one object, set in one event and due at the same time`,
    column: { unit: "µs of CPU a timer", digits: 1, compare: "ratio" },
    contestants: ["raw", "control", "sluice"],
    measure: oneByOne((name) => cpuPerTimer({ worker: workers[name] ?? "", path: "/timers", timers: count })),
  }
}

const bursts: Record<string, Omit<Parameters<typeof deliveriesPerSecond>[0], "worker">> = {
  "sluice, gathered": { path: "/gathering-room", messages: 200 },
  "sluice, gathered and in batches": { path: "/gathering-room", messages: 10_000, subprotocol: "sluice.batch" },
}

/** All rows, by name, in order of importance. */
export const rows: Record<string, Row> = {
  "lone-echo": inProcess(
    "In process: text to map to send, one message an event-loop turn",
    addedCost,
    ["raw", "control", "sluice", "RxJS", "callbag", "most", "Effect"],
    { name: "echo", mode: "lone" },
  ),
  "burst-echo": inProcess(
    "In process: text to map to send, 1,000 messages an event-loop turn",
    addedCost,
    ["raw", "control", "sluice", "RxJS", "callbag", "most", "Effect"],
    { name: "echo" },
  ),
  "burst-object": inProcess(
    "In process: the same in a hibernating object, in bursts",
    addedCost,
    ["raw", "control", "sluice"],
    { name: "object" },
  ),
  "lone-model": inProcess(
    "In process: typed JSON both ways, one message a turn",
    addedCost,
    ["raw", "control", "sluice"],
    { name: "model", mode: "lone" },
  ),
  "burst-model": inProcess("In process: typed JSON both ways, in bursts", addedCost, ["raw", "control", "sluice"], {
    name: "model",
  }),
  "burst-counter": inProcess(
    "In process: a kept counter in a hibernating object, in bursts, `serializeAttachment` free of charge",
    addedCost,
    ["raw", "control", "sluice"],
    { name: "counter" },
  ),
  "clone-counter": inProcess(
    "In process: the same, `serializeAttachment` cloning what it gets",
    addedCost,
    ["raw", "control", "sluice"],
    { name: "counter", clones: true },
  ),
  client: inProcess(
    "In process: typed JSON that comes to a page, in bursts; by hand parsed and validated",
    addedCost,
    ["raw", "control", "sluice", "sluice, with resume"],
    { name: "client" },
  ),
  heap: inProcess(
    "In process: JavaScript heap of a connection whose flow runs",
    { unit: "KiB", digits: 1, compare: "added" },
    ["raw", "control", "sluice", "RxJS", "callbag", "Effect"],
    { name: "heap" },
  ),
  bulk: inProcess(
    "Streams: map, filter, scan, map, fold over 1,000,000 integers",
    perElement,
    ["raw", "control", "sluice", "most", "Effect", "callbag", "RxJS", "async generators", "TransformStream"],
    { name: "bulk" },
  ),
  push: inProcess(
    "Streams: the same with one push at a time from outside",
    perElement,
    ["raw", "control", "sluice", "callbag", "most", "RxJS", "Effect", "TransformStream"],
    { name: "push" },
  ),
  "map-async": inProcess("Streams: mapAsync(16) over resolved promises", perElement, ["sluice", "RxJS", "Effect"], {
    name: "mapAsync",
  }),
  "merge-push": inProcess(
    "Streams: merge of 8, one push at a time from outside",
    perElement,
    ["sluice", "RxJS", "Effect"],
    {
      name: "mergePush",
    },
  ),
  "broadcast-push": inProcess(
    "Streams: broadcast to 8, merged again, one push at a time from outside",
    perElement,
    ["sluice", "RxJS"],
    { name: "broadcastPush" },
  ),
  "merge-bulk": inProcess("Streams: merge of 8 ranges, bulk", perElement, ["sluice", "RxJS", "Effect"], {
    name: "merge",
  }),
  "broadcast-bulk": inProcess("Streams: broadcast to 8, merged again, bulk", perElement, ["sluice", "RxJS", "Effect"], {
    name: "broadcast",
  }),
  grouped: inProcess("Streams: groupedWithin(100, 1 second)", perElement, ["sluice", "RxJS", "Effect"], {
    name: "groupedWithin",
  }),
  echo: messages("Echo in a Worker", ["raw", "control", "sluice", "Hono", "crossws"], "/echo"),
  object: messages("Echo in a hibernating object", ["raw", "control", "sluice", "crossws", "PartyServer"], "/object"),
  counter: messages(
    "A counter that survives hibernation",
    ["raw", "control", "raw, from memory", "sluice", "PartyServer"],
    "/counter",
  ),
  model: messages("Typed JSON both ways", ["raw", "control", "sluice"], "/model", {
    message: '{"foo":"abcdefghijklmnop"}',
  }),
  "room-100": room(100),
  "room-1000": room(1000),
  "room-5000": room(5000),
  "timers-10000": timers(10_000),
  "timers-100000": timers(100_000),
  resume: {
    title: "Echo in a hibernating object whose connections outlive their sockets",
    column: perMessage,
    contestants: ["sluice", "control", "with resume", "with resume, durable"],
    measure: oneByOne((name) => {
      const path = { "with resume": "/resuming", "with resume, durable": "/durable" }[name]
      return cpuPerMessage({
        worker: "workers/sluice.ts",
        path: path ?? "/object",
        seconds,
        hasSession: path !== undefined,
      })
    }),
  },
  "room-kept": {
    title: "Room of 1,000 whose hub keeps a log, each message to all of them",
    column: perDelivery,
    contestants: ["sluice", "control", "with keep"],
    measure: oneByOne((name) => {
      const path = name === "with keep" ? "/keeping-room" : "/room"
      return cpuPerDelivery({ worker: "workers/sluice.ts", path, members: 1000, seconds })
    }),
  },
  storm: storm(
    "5,000 clients that are lost at once come back, with `resume` to ten messages that they have missed",
    { unit: "ms", digits: 0, compare: "ratio" },
    comeBack,
  ),
  "storm-memory": storm(
    "Memory of the process, at most, until 5,000 clients that were lost at once are back",
    { unit: "MiB", digits: 0, compare: "ratio" },
    memoryOfStorm,
  ),
  eviction: afterEviction(
    "First reply after an eviction, 5,000 sockets attached",
    ["raw", "control", "sluice", "PartyServer"],
    "/object",
    1,
  ),
  "eviction-room": afterEviction(
    "First message to a room of 5,000 after an eviction, until all have it",
    ["raw", "control", "sluice"],
    "/room",
    5000,
  ),
  memory: {
    title: "Memory of an idle socket, at 5,000",
    column: { unit: "KiB", digits: 1, compare: "ratio" },
    contestants: ["raw", "control", "sluice", "PartyServer"],
    measure: oneByOne((name) => memoryPerSocket(workers[name] ?? "", "/object", 5000)),
  },
  "start-up": start("echo", ["raw", "control", "Hono", "sluice"]),
  "start-up-object": start("object", ["raw", "control", "sluice"]),
  batch: {
    title: "Bursts from 20 senders to a room of 1,000 (10,000 messages in batches, 200 otherwise)",
    column: { unit: "deliveries a CPU second", digits: 0, compare: "ratio" },
    contestants: ["raw", "control", "sluice, a hub", "sluice, gathered", "sluice, gathered and in batches"],
    measure: oneByOne((name) =>
      deliveriesPerSecond({ worker: workers[name] ?? "", path: "/room", messages: 200, ...bursts[name] }),
    ),
  },
  scripts: {
    title: "Test kit: 1,000 scripts of a small flow, with and without sleeps",
    column: { unit: "ms", digits: 0, compare: "ratio" },
    contestants: ["sluice"],
    measure: oneByOne(() => printedBy("in-process/scripts.ts")),
  },
}
