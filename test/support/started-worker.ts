import { type ChildProcess, spawn } from "node:child_process"
import { openSync } from "node:fs"
import { logged } from "./worker-log.ts"

/** A Worker that is started with the documented command, on a free port. */
export class StartedWorker {
  private readonly npm: ChildProcess
  private readonly exited: Promise<unknown>

  constructor(
    readonly log: string,
    ...args: string[]
  ) {
    const output = openSync(log, "a")
    const port = args.includes("--port") ? [] : ["--port", "0"]
    this.npm = spawn("npm", ["start", "--", ...port, "--inspector-port", "0", ...args], {
      detached: true,
      stdio: ["ignore", output, output],
    })
    this.exited = new Promise((resolve) => this.npm.once("exit", resolve))
    process.once("exit", () => this.kill())
  }

  async url(): Promise<string> {
    // wrangler does not end if a Worker cannot be built, because it waits for the next change.
    const started = logged(this.log, /Ready on \S+\s|\[ERROR\]/)
    const ended = this.exited.then(() => logged(this.log, /(?:)/))
    const output = await Promise.race([started, ended])
    const [, url] = /Ready on (http:\/\/\S+?)\/?\s/.exec(output) ?? []
    if (url) return url
    throw new Error(`npm start has failed:\n${output}`)
  }

  async stop(): Promise<void> {
    this.kill()
    await this.exited
  }

  private kill(): void {
    // npm, wrangler and workerd are one process group.
    const { pid, exitCode, signalCode } = this.npm
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL")
  }
}
