import { cloudflareTest } from "@cloudflare/vitest-plugin"
import { defineConfig } from "vitest/config"

/** "sluice" is the package's name for itself, in examples and documents as in a user's Worker. */
const alias = [
  { find: /^sluice$/, replacement: new URL("./src/index.ts", import.meta.url).pathname },
  { find: "sluice/testing/workerd", replacement: new URL("./src/testing-workerd.ts", import.meta.url).pathname },
  { find: /^sluice\/(\w+)$/, replacement: new URL("./src/$1.ts", import.meta.url).pathname },
]

/** Durable Objects in memory, where no runtime is needed. */
const inMemory = {
  find: "cloudflare:workers",
  replacement: new URL("./src/testing/cloudflare-workers.ts", import.meta.url).pathname,
}

/** For a machine that is busy: the first case of a file also loads its Worker. No test asserts a time. */
const testTimeout = 120_000

export default defineConfig({
  test: {
    // vitest leaves one core free, which on two cores is a file at a time. Many files wait: for hibernation, npm, a browser.
    maxWorkers: "100%",
    projects: [
      {
        resolve: { alias: [...alias, inMemory] },
        test: {
          name: "node",
          include: [
            "test/{stream,socket,actor,routing,protocol,client,react,asyncapi,docs,alarm,testing,session,soak}/**/*.test.ts",
            "test/*.test.ts",
            "test/package/kit/*s.test.ts",
          ],
          setupFiles: "test/support/seed.ts",
        },
      },
      {
        resolve: { alias },
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
        test: { name: "workerd", include: ["test/workerd/**/*.test.ts"], testTimeout },
      },
      {
        resolve: { alias },
        plugins: [cloudflareTest({ wrangler: { configPath: "./test/support/durable-worker/wrangler.toml" } })],
        test: { name: "durable", include: ["test/durable/**/*.test.ts"], testTimeout },
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
          testTimeout,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
