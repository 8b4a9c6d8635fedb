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

/** A Worker under plain `workerd serve`, in a process and with a storage of its own. */
export class Workerd {
  readonly port: number
  private readonly child: ChildProcess
  private readonly directory: string

  private constructor(child: ChildProcess, directory: string, port: number) {
    this.child = child
    this.directory = directory
    this.port = port
  }

  /** On the measured core, or, where nothing is measured, on any. */
  static async start(worker: string, { isPinned = true } = {}): Promise<Workerd> {
    const { file, exports } = await bundle(worker, "workerd")
    const directory = mkdtempSync(join(workplace, "storage-"))
    const config = `${directory}.capnp`
    writeFileSync(config, written(file, directory, exports))
    const pinned = isPinned ? ["taskset", "-c", measuredCore] : []
    const [command = "", ...args] = [...pinned, binary, "serve", config, "--control-fd=3"]
    const child = spawn(command, args, {
      stdio: ["ignore", "inherit", "inherit", "pipe"],
    })
    running.add(child)
    return new Workerd(child, directory, await portOf(child))
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once("exit", resolve))
    // SIGTERM would wait for the sockets to be closed.
    this.child.kill("SIGKILL")
    await exited
    running.delete(this.child)
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let told = ""
    // Read to the end: workerd would not survive a pipe that is closed.
    child.stdio[3]?.on("data", (chunk) => {
      told += chunk
      const [, port] = /"socket":\s*"http",\s*"port":\s*(\d+)/.exec(told) ?? []
      if (port) resolve(Number(port))
    })
    child.once("exit", () => reject(new Error(`workerd has ended before it listened: ${told}`)))
  })
}

function written(file: string, storage: string, classes: readonly string[]): string {
  const namespaces = classes.map((name) => `(className = "${name}", uniqueKey = "${name}", enableSql = true)`)
  const bindings = classes.map((name) => `(name = "${name}", durableObjectNamespace = "${name}")`)
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = .worker),
    (name = "storage", disk = (path = "${storage}", writable = true)),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
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
