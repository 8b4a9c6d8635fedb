import { copyFile, mkdir, readdir, rm } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const web = new URL("./", import.meta.url)
const examples = new URL("../examples/", web)
const out = new URL("../../dist/web/", web)
const outExamples = new URL("examples/", out)

await mkdir(outExamples, { recursive: true })
await build({
  entryPoints: [fileURLToPath(new URL("client/client.ts", web))],
  outfile: fileURLToPath(new URL("page.js", out)),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
})
for (const file of ["page.css", "icon.svg", "_headers"]) await copyFile(new URL(file, web), new URL(file, out))

const names = (await readdir(examples)).map((file) => file.replace(/\.ts$/, ""))
// Browsers take .ts for a video.
for (const name of names) await copyFile(new URL(`${name}.ts`, examples), new URL(`${name}.txt`, outExamples))
// Only what is left over is removed, as several builds may run at once: one for each `wrangler dev`.
for (const file of await readdir(outExamples)) {
  if (!names.includes(file.replace(/\.txt$/, ""))) await rm(new URL(file, outExamples), { force: true })
}
