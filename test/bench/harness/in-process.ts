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
  const args = ["--expose-gc", measure.file, contestant.file, name, mode, String(seconds)]
  return printed(args, `${file} doing ${name}`, { BENCH_CLONE: clones ? "yes" : "no" })
}

/** The number that a script prints, in a process of its own. */
export async function printedBy(file: string): Promise<Sample> {
  return printed([(await bundle(file, "node")).file], file, {})
}

async function printed(args: string[], what: string, env: Record<string, string>): Promise<Sample> {
  const child = spawn("taskset", ["-c", measuredCore, process.execPath, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  })
  let output = ""
  child.stdout.on("data", (chunk) => {
    output += chunk
  })
  // /proc has no entry for a process that has ended.
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
  if (child.exitCode !== 0) throw new Error(`${what} could not be measured`)
  return { value: Number(output), foreign: foreign() }
}
