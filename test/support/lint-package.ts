import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/**
 * Packs the package as it would be published, and checks it: publint for its files and exports, Are The Types Wrong for its
 * types as TypeScript resolves them. Neither uses the network.
 */
const folder = mkdtempSync(join(tmpdir(), "sluice-packed-"))

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
}

try {
  const [{ filename }] = JSON.parse(run("npm", "pack", "--silent", "--json", "--pack-destination", folder))
  const tarball = join(folder, filename)
  run("publint", "run", tarball, "--strict")
  // The package is ESM only, as Workers are: its use from CommonJS does not matter.
  run("attw", tarball, "--profile", "esm-only", "--no-definitely-typed", "--format", "ascii", "--no-emoji")
  console.log(`publint and attw find nothing in ${filename}`)
} catch (error) {
  // The findings of a linter are on its standard output.
  console.error((error as { stdout?: string }).stdout ?? error)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true })
}
