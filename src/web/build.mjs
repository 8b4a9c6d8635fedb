import { copyFile, mkdir, readdir, rm } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const web = new URL("./", import.meta.url)
const root = new URL("../../", web)
const out = new URL("dist/web/", root)

await build({
  entryPoints: [
    { in: fileURLToPath(new URL("client/client.ts", web)), out: "page" },
    { in: fileURLToPath(new URL("style/page.css", web)), out: "page" },
  ],
  outdir: fileURLToPath(out),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
})
const files = ["icon.svg", "_headers"]
for (const file of files) await copyFile(new URL(file, web), new URL(file, out))
for (const directory of ["src/examples/", "durable-objects/"]) await copyCode(directory)

/** Puts the code of a directory under the same path on the page's host. */
async function copyCode(directory) {
  const to = new URL(directory, out)
  await mkdir(to, { recursive: true })
  const names = (await readdir(new URL(directory, root))).map((file) => file.replace(/\.ts$/, ""))
  // Browsers treat .ts as a video.
  for (const name of names) await copyFile(new URL(`${directory}${name}.ts`, root), new URL(`${name}.txt`, to))
  // Removes only leftovers, because several builds may run at once: one for each `wrangler dev`.
  for (const file of await readdir(to)) {
    if (!names.includes(file.replace(/\.txt$/, ""))) await rm(new URL(file, to), { force: true })
  }
}
