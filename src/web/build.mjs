import { cp, mkdir, readdir, rm } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const web = new URL("./", import.meta.url)
const examples = new URL("../examples/", web)
const out = new URL("../../dist/web/", web)

await rm(out, { recursive: true, force: true })
await mkdir(new URL("examples/", out), { recursive: true })
await build({
  entryPoints: [fileURLToPath(new URL("client/client.ts", web))],
  outfile: fileURLToPath(new URL("page.js", out)),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
})
for (const file of ["page.css", "icon.svg", "_headers"]) await cp(new URL(file, web), new URL(file, out))
// Browsers take .ts for a video.
for (const file of await readdir(examples)) {
  await cp(new URL(file, examples), new URL(`examples/${file.replace(/\.ts$/, ".txt")}`, out))
}
