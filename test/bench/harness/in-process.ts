import { spawn } from "node:child_process"
import { once } from "node:events"
import { bundle } from "./bundle.ts"
import { cpuTime, measuredCore, type Sample, watchMachine } from "./machine.ts"

export interface Case {
  file: string
  name: string
  mode?: "lone" | "burst"
  seconds: number
  clones?: boolean
}

/** Nanoseconds an element, in a process of its own. */
export async function nanoseconds({ file, name, mode = "burst", seconds, clones = false }: Case): Promise<Sample> {
  const measure = await bundle("in-process/measure.ts", "node")
  const contestant = await bundle(file, "node")
  const args = [
    "-c",
    measuredCore,
    process.execPath,
    "--expose-gc",
    measure.file,
    contestant.file,
    name,
    mode,
    String(seconds),
  ]
  const child = spawn("taskset", args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, BENCH_CLONE: clones ? "yes" : "no" },
  })
  let printed = ""
  child.stdout.on("data", (chunk) => {
    printed += chunk
  })
  // Once it has ended, /proc knows it no more.
  let used = 0
  const foreign = watchMachine(() => {
    used = child.exitCode === null ? cpuTime(child.pid ?? 0) : used
    return used
  })
  const look = setInterval(() => {
    if (child.exitCode === null) used = cpuTime(child.pid ?? 0)
  }, 20)
  await once(child, "exit")
  clearInterval(look)
  if (child.exitCode !== 0) throw new Error(`${file} could not be measured doing ${name}`)
  return { value: Number(printed), foreign: foreign() }
}
