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
    external: ["hono", "hono/*", "cloudflare:*"],
    write: false,
  })
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length
}

/** What each may weigh: today's size, rounded up. Whoever raises a budget says why in its line. */
const budgets: [name: string, budget: number, why: string, code: string][] = [
  [
    "an echo Worker",
    22_300,
    "every operator can be called on a flow, so every operator is in it; errors that say what an author's value was",
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
    "the client's end of a session",
    2_050,
    "frames of both kinds, counts, unconfirmed messages, and errors that say which count was wrong",
    `export { ClientSession } from "./src/session/client-session.ts"`,
  ],
  [
    "sluice/routing",
    1_300,
    "paths and their addresses, and where their apps are mounted; no flow",
    `export * from "sluice/routing"`,
  ],
]

describe("the size of", () => {
  it.each(budgets)("%s is at most %i bytes: %s", async (_name, budget, _why, code) => {
    expect(await sizeOf(code)).toBeLessThanOrEqual(budget)
  })
})
