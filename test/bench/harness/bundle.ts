import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { build } from "esbuild"

/** In memory, where there is such a folder: on a disk a row for each message would measure the disk. */
const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir()
/** The folder for all files that a run makes. */
export const workplace = mkdtempSync(join(parent, "sluice-bench-"))
process.once("exit", () => rmSync(workplace, { recursive: true, force: true }))

const here = (path: string) => new URL(`../${path}`, import.meta.url).pathname

export interface Bundle {
  file: string
  /** Its exports besides the default: the classes of a Worker's objects. */
  exports: string[]
}

const bundles = new Map<string, Promise<Bundle>>()

/** One file of `test/bench` with all that it imports, made once a run. */
export function bundle(path: string, target: "workerd" | "node"): Promise<Bundle> {
  const known = bundles.get(path) ?? make(path, target)
  bundles.set(path, known)
  return known
}

async function make(path: string, target: "workerd" | "node"): Promise<Bundle> {
  const file = join(workplace, path.replaceAll("/", "-").replace(/\.ts$/, ".mjs"))
  const { metafile } = await build({
    entryPoints: [here(path)],
    outfile: file,
    bundle: true,
    format: "esm",
    target: "es2024",
    metafile: true,
    logLevel: "error",
    ...(target === "workerd"
      ? { conditions: ["workerd", "worker", "browser"], external: ["cloudflare:*", "node:*"] }
      : { platform: "node", alias: { "cloudflare:workers": here("../../src/testing/cloudflare-workers.ts") } }),
  })
  const [output] = Object.values(metafile.outputs)
  return { file, exports: (output?.exports ?? []).filter((name) => name !== "default") }
}
