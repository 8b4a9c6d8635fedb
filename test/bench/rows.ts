import { cpuPerDelivery, deliveriesPerSecond, memoryPerSocket } from "./harness/crowd.ts"
import { printedBy } from "./harness/in-process.ts"
import { cpuPerMessage } from "./harness/load.ts"
import { oneByOne } from "./harness/rounds.ts"
import { comeBack, memoryOfStorm } from "./harness/storm.ts"
import {
  addedCost,
  afterEviction,
  inProcess,
  messages,
  perDelivery,
  perElement,
  perMessage,
  type Row,
  room,
  seconds,
  start,
  storm,
  timers,
  workers,
} from "./row.ts"

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
