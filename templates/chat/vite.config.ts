import { defineConfig } from "vite"

/** The page, which the Worker serves from `dist`. */
export default defineConfig({ build: { outDir: "dist" } })
