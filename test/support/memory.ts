import { readdirSync, readFileSync, readlinkSync } from "node:fs"

/** Whether this system reports processes and their memory. */
export const tellsMemory = process.platform === "linux"

/** Bytes of memory of the workerd processes behind an address, all of those that were started together. */
export function memoryOf(url: string): number {
  return serversOf(url)
    .map(residentOf)
    .reduce((sum, bytes) => sum + bytes, 0)
}

function serversOf(url: string): string[] {
  const group = groupOf(listenerOn(portOf(url)))
  return processes().filter((pid) => groupOf(pid) === group && nameOf(pid) === "workerd")
}

function portOf(url: string): number {
  return Number(new URL(url).port)
}

function processes(): string[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name))
}

/** The process that listens on a port: the one that has the socket's inode open. */
function listenerOn(port: number): string {
  const isListening = "0A"
  const sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => read(table).split("\n").slice(1))
  const inodes = sockets
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = "", , state]) => state === isListening && Number.parseInt(local.split(":")[1] ?? "", 16) === port,
    )
    .map((columns) => `socket:[${columns[9]}]`)
  const found = processes().find((pid) => filesOf(pid).some((file) => inodes.includes(file)))
  if (found) return found
  throw new Error(`No process listens on port ${port}`)
}

function filesOf(pid: string): string[] {
  const directory = `/proc/${pid}/fd`
  return attempt(() => readdirSync(directory), []).map((name) =>
    attempt(() => readlinkSync(`${directory}/${name}`), ""),
  )
}

function nameOf(pid: string): string {
  return read(`/proc/${pid}/comm`).trim()
}

/** The process group, the fifth word of `stat`; the second is a name in parentheses that may have spaces. */
function groupOf(pid: string): string | undefined {
  return /\) \S \d+ (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1]
}

function residentOf(pid: string): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
}

function read(file: string): string {
  return attempt(() => readFileSync(file, "utf8"), "")
}

/** Processes and their files may be gone by the time they are read. */
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look()
  } catch {
    return otherwise
  }
}
