import { execFile } from "node:child_process"
import { mkdirSync, rmdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"

/** Runs commands with a cache of npm in a folder of the test, so that nothing is left behind. The error has the output. */
export function commandsIn(directory: string) {
  const npm = { npm_config_cache: join(directory, "cache"), npm_config_update_notifier: "false" }
  // vitest colours what it prints wherever CI is set.
  const env = { ...process.env, ...npm, NO_COLOR: "1" }
  return async (cwd: string, command: string, ...args: string[]): Promise<string> => {
    try {
      return (await promisify(execFile)(command, args, { cwd, env, maxBuffer: 10_000_000 })).stdout
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: string; stderr?: string }
      throw new Error(`${command} ${args.join(" ")} has failed:\n${stdout}\n${stderr}`)
    }
  }
}

/** Test files run side by side, and packing builds the package anew in one folder. The lock belongs to one run of vitest. */
const lock = join(tmpdir(), `sluice-pack-${process.ppid}`)

/** Packs the package as it is published. Returns the path of the tarball, and the files in it. */
export async function pack(directory: string): Promise<{ tarball: string; files: string[] }> {
  while (!isLocked()) await sleep(200)
  try {
    const output = await commandsIn(directory)(".", "npm", "pack", "--json", "--pack-destination", directory)
    const [packed] = JSON.parse(output)
    const files = packed.files.map(({ path }: { path: string }) => path)
    return { tarball: join(directory, packed.filename), files }
  } finally {
    rmdirSync(lock)
  }
}

function isLocked(): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    return false
  }
}
