// #region config
import { cloudflareTest } from "@cloudflare/vitest-plugin"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    projects: [
      {
        // Durable Objects in Node: sluice imports cloudflare:workers, which Node does not have.
        resolve: { alias: { "cloudflare:workers": "sluice/testing/cloudflare-workers" } },
        test: {
          name: "memory",
          include: ["*.test.ts"],
          exclude: ["*.workerd.test.ts"],
          server: { deps: { inline: ["sluice"] } },
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" } })],
        test: { name: "workerd", include: ["*.workerd.test.ts"] },
      },
    ],
  },
})
// #endregion
