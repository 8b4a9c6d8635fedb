import { execFile } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { inject } from "vitest"

/** All test files of a run use one cache of npm, and one tarball of the package. Both go with the folder. */
const shared = inject("sharedFolder")

/** Runs a command, with a cache of npm in the folder of the run, so that nothing is left behind. The error has the output. */
export async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const npm = { npm_config_cache: join(shared, "cache"), npm_config_update_notifier: "false" }
  // vitest colours its output if CI is set.
  const env = { ...process.env, ...npm, NO_COLOR: "1" }
  try {
    return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 10_000_000 })).stdout
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(" ")} has failed:\n${stdout}\n${stderr}`)
  }
}

/** The package as it is published: the path of the tarball, and the files in it. The first test file that needs it packs it. */
export async function pack(): Promise<{ tarball: string; files: string[] }> {
  const lock = join(shared, "packing")
  const report = join(shared, "packed.json")
  while (!isMade(lock)) await sleep(200)
  try {
    if (!existsSync(report)) {
      writeFileSync(report, await run(".", "npm", "pack", "--json", "--pack-destination", shared))
    }
  } finally {
    rmdirSync(lock)
  }
  const [packed] = JSON.parse(readFileSync(report, "utf8"))
  const files = packed.files.map(({ path }: { path: string }) => path)
  return { tarball: join(shared, packed.filename), files }
}

function isMade(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}
