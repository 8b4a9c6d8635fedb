import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"

/** Bytes of an entry's code as it is deployed: bundled, minified and gzipped, without what users have anyway. */
async function bundled(contents: string): Promise<{ size: number; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    external: ["hono", "hono/*", "cloudflare:*", "fast-check"],
    write: false,
    metafile: true,
  })
  return { size: gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length, inputs: Object.keys(metafile.inputs) }
}

/** What each may weigh: today's size, rounded up. Whoever raises a budget says why in its line. */
const budgets: [name: string, budget: number, why: string, code: string][] = [
  [
    "an echo Worker",
    22_700,
    "every operator can be called on a flow, so every operator is in it; errors that say what an author's value was; a logger and metrics per endpoint",
    `import { Flow, text, webSocket } from "sluice"
     export const echo = webSocket.accept(text, () => Flow.of<string>())`,
  ],
  [
    "sluice/durable",
    40_600,
    "a flow, actors, what brings both through hibernation with codecs that name every stored entry, and one dirty set",
    `export * from "sluice/durable"`,
  ],
  [
    "sluice/actor",
    25_000,
    "actors, and the sources and sinks of sluice, which theirs extend; saved entries are read by name",
    `export * from "sluice/actor"`,
  ],
  [
    "sluice/routing",
    1_300,
    "paths and their addresses, and where their apps are mounted; no flow",
    `export * from "sluice/routing"`,
  ],
]

/** The test kit, which is in no Worker. */
const kits: typeof budgets = [
  ["sluice/testing", 28_900, "flows, and an object's runtime in memory", `export * from "sluice/testing"`],
  ["sluice/testing/workerd", 4_900, "the words over the runtime", `export * from "sluice/testing/workerd"`],
]

describe("the size of", () => {
  it.each([...budgets, ...kits])("%s is at most %i bytes: %s", async (_name, budget, _why, code) => {
    expect((await bundled(code)).size).toBeLessThanOrEqual(budget)
  })

  it.each(budgets)("%s has nothing of the test kit in it", async (_name, _budget, _why, code) => {
    const { inputs } = await bundled(code)
    expect(inputs.filter((input) => /testing|fast-check/.test(input.replace(process.cwd(), "")))).toEqual([])
  })
})
