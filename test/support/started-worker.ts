import { type ChildProcess, spawn } from "node:child_process"
import { openSync } from "node:fs"
import { logged } from "./worker-log.ts"

/** A Worker started the way a newcomer does, on a port that is free. */
export class StartedWorker {
  private readonly npm: ChildProcess
  private readonly exited: Promise<unknown>

  constructor(
    readonly log: string,
    ...args: string[]
  ) {
    const output = openSync(log, "a")
    this.npm = spawn("npm", ["start", "--", "--port", "0", "--inspector-port", "0", ...args], {
      detached: true,
      stdio: ["ignore", output, output],
    })
    this.exited = new Promise((resolve) => this.npm.once("exit", resolve))
  }

  async url(): Promise<string> {
    const ready = /Ready on (http:\/\/\S+?)\/?\s/
    const failed = this.exited.then(async (code) => {
      throw new Error(`npm start ended with ${code}:\n${await logged(this.log, /(?:)/)}`)
    })
    const output = await Promise.race([logged(this.log, ready), failed])
    return ready.exec(output)?.[1] ?? ""
  }

  async stop(): Promise<void> {
    // npm, wrangler and workerd are one process group.
    if (this.npm.pid && this.npm.exitCode === null) process.kill(-this.npm.pid, "SIGKILL")
    await this.exited
  }
}
