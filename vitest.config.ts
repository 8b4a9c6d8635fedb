import { cloudflareTest } from "@cloudflare/vitest-plugin"
import { defineConfig } from "vitest/config"

/** "sluice" is the package's name for itself, in examples and documents as in a user's Worker. */
const alias = [
  { find: /^sluice$/, replacement: new URL("./src/index.ts", import.meta.url).pathname },
  { find: /^sluice\/(\w+)$/, replacement: new URL("./src/$1.ts", import.meta.url).pathname },
]

/** Durable Objects in memory, where no runtime is needed. */
const inMemory = {
  find: "cloudflare:workers",
  replacement: new URL("./test/support/cloudflare-workers.ts", import.meta.url).pathname,
}

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias: [...alias, inMemory] },
        test: {
          name: "node",
          include: ["test/{stream,socket,session,actor,routing,docs,alarm}/**/*.test.ts", "test/*.test.ts"],
          setupFiles: "test/support/seed.ts",
        },
      },
      {
        resolve: { alias },
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
        test: { name: "workerd", include: ["test/workerd/**/*.test.ts"] },
      },
      {
        resolve: { alias },
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/support/durable-worker/wrangler.toml" } })],
        test: { name: "durable", include: ["test/durable/**/*.test.ts"] },
      },
      {
        resolve: { alias },
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/support/transparency-worker/wrangler.toml" } })],
        // Where tests run in workerd there is no environment.
        define: { "process.env.CI": JSON.stringify(process.env.CI ?? "") },
        test: {
          name: "transparency",
          include: ["test/durable-transparency/**/*.test.ts"],
          setupFiles: "test/support/seed.ts",
        },
      },
      {
        resolve: { alias },
        test: {
          name: "outside",
          include: ["test/outside/**/*.test.ts"],
          globalSetup: "test/support/start-worker.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
