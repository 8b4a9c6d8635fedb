import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { basename, join } from "node:path"
import { bundle, workplace } from "./bundle.ts"
import { measuredCore } from "./machine.ts"

const binary: string = createRequire(import.meta.url)("workerd").default

const running = new Set<ChildProcess>()
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})

/** How a Worker is started. */
export interface WorkerdOptions {
  /** Whether it runs on the measured core alone. Default `true`. */
  isPinned?: boolean
  /** A directory that outlives the process. Default: one of its own, which `stop` removes. */
  storage?: string
  /** A command, with its arguments, that runs workerd. Default: workerd is run directly. */
  launcher?: readonly string[]
  /** Environment variables for workerd besides those of this process. */
  env?: Record<string, string>
  /** Flags for V8, such as `--expose-gc`. Default: none. */
  v8Flags?: readonly string[]
  /** The target of its logs: those of this process, nowhere, or an open file. Default `inherit`. */
  output?: "inherit" | "ignore" | number
}

/** A Worker under plain `workerd serve`, in a process of its own. */
export class Workerd {
  readonly port: number
  private readonly child: ChildProcess
  private readonly ownStorage: string | undefined

  private constructor(child: ChildProcess, ownStorage: string | undefined, port: number) {
    this.child = child
    this.ownStorage = ownStorage
    this.port = port
  }

  /** A new directory for the storage of Workers that are started more than once. */
  static newStorage(): string {
    return mkdtempSync(join(workplace, "storage-"))
  }

  static async start(worker: string, options: WorkerdOptions = {}): Promise<Workerd> {
    const { isPinned = true, storage, launcher = [], env, v8Flags = [], output = "inherit" } = options
    const { file, exports } = await bundle(worker, "workerd")
    const ownStorage = storage === undefined ? Workerd.newStorage() : undefined
    const directory = storage ?? ownStorage ?? ""
    const config = `${directory}.capnp`
    writeFileSync(config, written(file, directory, exports, v8Flags))
    const pinned = isPinned ? ["taskset", "-c", measuredCore] : []
    const [command = "", ...args] = [...pinned, ...launcher, binary, "serve", config, "--control-fd=3"]
    const child = spawn(command, args, {
      stdio: ["ignore", output, output, "pipe"],
      env: { ...process.env, ...env },
    })
    running.add(child)
    return new Workerd(child, ownStorage, await portOf(child))
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** Kills the process, and keeps a storage that is not its own. Resolves when the process is gone. */
  async stop(): Promise<void> {
    const { child } = this
    const exited = new Promise((resolve) => child.once("exit", resolve))
    // SIGTERM would wait for the sockets to be closed.
    child.kill("SIGKILL")
    // The process may have ended already.
    if (child.exitCode === null && child.signalCode === null) await exited
    running.delete(child)
    if (this.ownStorage !== undefined) rmSync(this.ownStorage, { recursive: true, force: true })
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let told = ""
    // Read to the end, because workerd would end with a closed pipe.
    child.stdio[3]?.on("data", (chunk) => {
      told += chunk
      const [, port] = /"socket":\s*"http",\s*"port":\s*(\d+)/.exec(told) ?? []
      if (port) resolve(Number(port))
    })
    child.once("exit", () => reject(new Error(`workerd has ended before it listened: ${told}`)))
  })
}

function written(file: string, storage: string, classes: readonly string[], v8Flags: readonly string[]): string {
  const namespaces = classes.map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`)
  const bindings = classes.map((name) => `(name = "${name}", durableObjectNamespace = "${name}")`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "storage", disk = (path = "${storage}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
  v8Flags = ${JSON.stringify(v8Flags)},
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "${basename(file)}")],
  compatibilityDate = "2026-11-01",
  durableObjectNamespaces = [${namespaces.join(", ")}],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [${bindings.join(", ")}],
);
`
}
