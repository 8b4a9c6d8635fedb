import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"

/** The core of the process that is measured. */
export const measuredCore = "0"
/** The core of the process that measures. */
export const ownCore = "1"

/** A tick of /proc in milliseconds: `getconf CLK_TCK` is 100 wherever Linux runs. */
const tick = 10

/** CPU time that a process has used, in milliseconds. */
export function cpuTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  // The name of the process, in parentheses, may have spaces in it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) * tick
}

/** Memory that a process has in RAM, in KiB. */
export const residentMemory = (pid: number) => memory(pid, "VmRSS")

/** The most memory that a process has had in RAM, in KiB. */
export const highestMemory = (pid: number) => memory(pid, "VmHWM")

function memory(pid: number, field: string): number {
  const [, size = "0"] = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? []
  return Number(size)
}

/** The busy time of all cores together, in milliseconds: all but idling and waiting for disks. */
function busyTime(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n")
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line.split(/\s+/).slice(1).map(Number)
  return (user + nice + system + irq + softirq + steal) * tick
}

export function pinSelf(): void {
  const pin = () => execFileSync("taskset", ["-apc", ownCore, String(process.pid)], { stdio: "ignore" })
  try {
    pin()
  } catch {
    // taskset fails if a thread has ended since it listed them.
    pin()
  }
}

/** One reading: a number, and the part of a core that other processes used meanwhile. */
export interface Sample {
  value: number
  foreign: number
}

/** Watches the machine during a measurement. Call the returned function once, at the end. */
export function watchMachine(cpuOfMeasured: () => number): () => number {
  const own = () => cpuTime(process.pid) + cpuOfMeasured()
  const [began, busyBefore, ownBefore] = [performance.now(), busyTime(), own()]
  return () => (busyTime() - busyBefore - (own() - ownBefore)) / (performance.now() - began)
}
