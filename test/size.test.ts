import { gzipSync } from "node:zlib"
import { build } from "esbuild"
import { describe, expect, it } from "vitest"

/** Bytes of an entry's code as it is deployed: bundled, minified and gzipped, without what users have anyway. */
async function sizeOf(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd(), loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2024",
    external: ["hono", "hono/*", "cloudflare:*", "react"],
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length
}

/** What each may weigh: today's size, rounded up. Whoever raises a budget says why in its line. */
const budgets: [name: string, budget: number, why: string, code: string][] = [
  [
    "an echo Worker",
    23_200,
    "every operator can be called on a flow, so every operator is in it; errors that say what an author's value was; JSON, in which a protocol speaks",
    `import { Flow, text, webSocket } from "sluice"
     export const echo = webSocket.accept(text, () => Flow.of<string>())`,
  ],
  [
    "sluice/durable",
    40_000,
    "a flow, actors, what brings both through a sleep, and an object at work apart from what its author sees",
    `export * from "sluice/durable"`,
  ],
  [
    "sluice/actor",
    24_600,
    "actors, and the sources and sinks of sluice, which theirs extend",
    `export * from "sluice/actor"`,
  ],
  [
    "sluice/routing",
    1_300,
    "paths and their addresses, and where their apps are mounted; no flow",
    `export * from "sluice/routing"`,
  ],
  [
    "sluice/protocol",
    1_000,
    "an address, the check of its query, and the schemas as they are",
    `export * from "sluice/protocol"`,
  ],
  [
    "sluice/client",
    1_660,
    "1.6 kB: reconnecting, the page cache, what waits to be sent, and the schemas' say; no Hono, no operators",
    `export * from "sluice/client"`,
  ],
]

/** What React's hook may weigh besides the client. */
const hookBudget = 500

describe("the size of", () => {
  it(`sluice/react is at most ${hookBudget} bytes more than that of the client`, async () => {
    const both = await sizeOf(`export * from "sluice/client"; export * from "sluice/react"`)
    expect(both - (await sizeOf(`export * from "sluice/client"`))).toBeLessThanOrEqual(hookBudget)
  })

  it.each(budgets)("%s is at most %i bytes: %s", async (_name, budget, _why, code) => {
    expect(await sizeOf(code)).toBeLessThanOrEqual(budget)
  })
})
