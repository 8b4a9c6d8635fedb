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
    external: ["hono", "hono/*", "cloudflare:*", "fast-check", "react"],
    write: false,
    metafile: true,
  })
  const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  return { size, inputs: inputs.flatMap(([name, { bytesInOutput }]) => (bytesInOutput > 0 ? [name] : [])) }
}

/** What each may weigh: today's size, rounded up. Whoever raises a budget says why in its line. */
const budgets: [name: string, budget: number, why: string, code: string][] = [
  [
    "an echo Worker",
    29_800,
    "every operator can be called on a flow, so every operator is in it, those with substreams, restarts, batches, costs and live sources too; errors that say what an author's value was; a logger and metrics per endpoint; JSON, in which a protocol speaks",
    `import { Flow, text, webSocket } from "sluice"
     export const echo = webSocket.accept(text, () => Flow.of<string>())`,
  ],
  [
    "an echo Worker with webSocketClientFlow",
    32_500,
    "beside the echo Worker: dialing by fetch and by WebSocket, backoff, and the life of an outgoing socket",
    `import { Flow, text, webSocket, webSocketClientFlow } from "sluice"
     export const echo = webSocket.accept(text, () => Flow.of<string>())
     export { webSocketClientFlow }`,
  ],
  [
    "sluice/durable",
    55_500,
    "a flow with its substreams, restarts, batches, costs and live sources, actors, what brings both through hibernation with codecs that name every stored entry, and one dirty set; sessions that outlive their sockets, and logs of hubs; hubs that wait for the slowest subscriber or send to one",
    `export * from "sluice/durable"`,
  ],
  [
    "sluice/actor",
    31_000,
    "actors, and the sources and sinks of sluice, which theirs extend, with substreams, restarts, batches, costs and live sources; saved entries are read by name",
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
  [
    "sluice/protocol",
    1_000,
    "an address, the check of its query, and the schemas as they are",
    `export * from "sluice/protocol"`,
  ],
  [
    "sluice/client without resume",
    2_110,
    "reconnecting, the page cache, what waits to be sent or acknowledged, and the schemas; no Hono, no operators",
    `export { connect } from "sluice/client"`,
  ],
  [
    "sluice/client",
    4_000,
    "with resume: frames, counts, and the messages that the server has not acknowledged",
    `export * from "sluice/client"`,
  ],
]

/** The additional size of React's hook beside the client. */
const hookBudget = 500

/** The test kit, which is in no Worker. */
const kits: typeof budgets = [
  [
    "sluice/testing",
    36_000,
    "flows with substreams, restarts, batches, costs and live sources, and an object's runtime in memory",
    `export * from "sluice/testing"`,
  ],
  ["sluice/testing/workerd", 4_900, "the words over the runtime", `export * from "sluice/testing/workerd"`],
]

describe("the size of", () => {
  it(`sluice/react is at most ${hookBudget} bytes more than that of the client`, async () => {
    const both = (await bundled(`export * from "sluice/client"; export * from "sluice/react"`)).size
    const client = (await bundled(`export * from "sluice/client"`)).size
    expect(both - client).toBeLessThanOrEqual(hookBudget)
  })

  it.each([...budgets, ...kits])("%s is at most %i bytes: %s", async (_name, budget, _why, code) => {
    expect((await bundled(code)).size).toBeLessThanOrEqual(budget)
  })

  it("an echo Worker has no outgoing sockets and no server-sent events in it", async () => {
    const { inputs } = await bundled(budgets[0]?.[3] ?? "")
    expect(inputs.some((input) => input.includes("src/socket/connection.ts"))).toBe(true)
    expect(inputs.filter((input) => /client-|dial|server-sent|event-stream/.test(input))).toEqual([])
  })

  it.each(budgets)("%s has nothing of the test kit in it", async (_name, _budget, _why, code) => {
    const { inputs } = await bundled(code)
    expect(inputs.filter((input) => /testing|fast-check/.test(input.replace(process.cwd(), "")))).toEqual([])
  })
})
