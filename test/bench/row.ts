import { cpuPerDelivery, firstReply, startUp } from "./harness/crowd.ts"
import { type Case, nanoseconds } from "./harness/in-process.ts"
import { cpuPerMessage, type Load } from "./harness/load.ts"
import type { Sample } from "./harness/machine.ts"
import { oneByOne } from "./harness/rounds.ts"
import type { Storm } from "./harness/storm.ts"
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

export const seconds = Number(process.env.BENCH_SECONDS ?? 2)

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

export const workers: Record<string, string> = {
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

export const perElement: Column = { unit: "ns an element", digits: 1, compare: "ratio" }
export const addedCost: Column = { unit: "ns a message", digits: 0, compare: "added" }
export const perMessage: Column = { unit: "µs of CPU a message", digits: 1, compare: "ratio" }
export const perDelivery: Column = { unit: "µs of CPU a delivery", digits: 1, compare: "ratio" }

export function inProcess(
  title: string,
  column: Column,
  contestants: string[],
  about: Omit<Case, "file" | "seconds">,
): Row {
  const measure = (name: string) => nanoseconds({ ...about, file: files[name] ?? "", seconds: seconds / 2 })
  return { title, column, contestants, measure: oneByOne(measure) }
}

export function messages(title: string, contestants: string[], path: string, more: Pick<Load, "message"> = {}): Row {
  const paths: Record<string, string> = { "raw, from memory": "/cached-counter" }
  const measure = (name: string) =>
    cpuPerMessage({ ...more, worker: workers[name] ?? "", path: paths[name] ?? path, seconds })
  return { title, column: perMessage, contestants, measure: oneByOne(measure) }
}

export function room(members: number): Row {
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

export function afterEviction(title: string, contestants: string[], path: string, answers: number): Row {
  return {
    title,
    column: { unit: "ms", digits: 1, compare: "ratio" },
    contestants,
    measure: oneByOne((name) => firstReply({ worker: workers[name] ?? "", path, sockets: 5000, answers })),
  }
}

/** Workers with the measured code alone, because each class of objects takes the runtime some milliseconds. */
export function start(what: "echo" | "object", contestants: string[]): Row {
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
export function storm(title: string, column: Column, measure: (about: Storm) => Promise<Sample>): Row {
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

export function timers(count: number): Row {
  return {
    title: `${count.toLocaleString("en")} timers of one object, set in one event and due at the same time`,
    column: { unit: "µs of CPU a timer", digits: 1, compare: "ratio" },
    contestants: ["raw", "control", "sluice"],
    measure: oneByOne((name) => cpuPerTimer({ worker: workers[name] ?? "", path: "/timers", timers: count })),
  }
}
