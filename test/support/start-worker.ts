import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import { StartedWorker } from "./started-worker.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** The address of the demo Worker, without a slash at the end. */
    baseUrl: string
    /** The file of the demo Worker's output. */
    baseLog: string
    /** The same for the Worker with the endpoints that the contract is tested with. */
    contractUrl: string
    contractLog: string
    /** A folder for shared files of a run's test files. It is removed when they have run. */
    sharedFolder: string
  }
}

/** Starts the demo and the contract's test Worker, and stops them with all their processes. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-"))
  const demo = new StartedWorker(join(directory, "demo.log"))
  const contract = new StartedWorker(
    join(directory, "contract.log"),
    "--config",
    "test/support/contract-worker/wrangler.toml",
  )
  const stop = async () => {
    await Promise.all([demo.stop(), contract.stop()])
    rmSync(directory, { recursive: true, force: true })
  }
  project.provide("sharedFolder", directory)
  try {
    project.provide("baseUrl", await demo.url())
    project.provide("baseLog", demo.log)
    project.provide("contractUrl", await contract.url())
    project.provide("contractLog", contract.log)
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
