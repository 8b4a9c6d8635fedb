import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { basename, join } from "node:path"
import type { Example } from "./examples.ts"

const root = new URL("../..", import.meta.url).pathname

/** The surroundings of an example: an app, a request to it, and their bindings. */
const prelude = `import { type Context, Hono } from "hono"
import { getCookie } from "hono/cookie"
import * as v from "valibot"
interface Env {
  Bindings: { CHAT_ROOM: DurableObjectNamespace; STOPWATCH: DurableObjectNamespace; METRICS: AnalyticsEngineDataset }
}
declare const app: Hono<Env>
declare const c: Context<Env>
declare const env: Env["Bindings"]
`

/** The public entries of the package, by their names, and the files in `src` that they are compiled from. */
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const entries = Object.entries<{ types: string }>(exports).map(([path, { types }]) => ({
  from: path.replace(".", "sluice"),
  file: types.replace("./dist/package/", "src/").replace(".d.ts", ".ts"),
}))

/** Compiles all examples at once; a line for each error, with the file and the line in `src` that it is about. */
export async function compileExamples(examples: readonly Example[]): Promise<string[]> {
  mkdirSync(join(root, "dist"), { recursive: true })
  // Inside the repository, because the compiler searches for packages in the folders above.
  const folder = mkdtempSync(join(root, "dist", "examples-"))
  try {
    const heads = examples.map((example, index) => {
      const head = headOf(example)
      writeFileSync(join(folder, `example${index}.ts`), `${head}${example.code}\n}\n`)
      return head.split("\n").length - 1
    })
    const config = { extends: join(root, "test/tsconfig.json"), include: ["."], exclude: [] }
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
    const lines = (await compile(folder)).split("\n").filter((line) => line.trim() !== "")
    return lines.map((line) => located(line, examples, heads))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function compile(folder: string): Promise<string> {
  const args = ["-p", folder, "--pretty", "false"]
  return new Promise((resolve, reject) => {
    execFile(join(root, "node_modules/.bin/tsc"), args, { cwd: root }, (error, output, errors) => {
      if (error && output === "") reject(new Error(`The compiler did not run: ${errors}`, { cause: error }))
      else resolve(output)
    })
  })
}

/** The lines before the code: all public names, those of the entry first that the example belongs to. */
function headOf({ file }: Example): string {
  const [, own = ""] = /^src\/(\w+)\//.exec(file) ?? []
  const imports = new Map<string, string>()
  const isOwn = ({ from }: { from: string }) => Number(from === `sluice/${own}`)
  for (const entry of entries.toSorted((one, other) => isOwn(other) - isOwn(one))) {
    for (const { name, isType } of exportsOf(join(root, entry.file))) {
      if (!imports.has(name)) imports.set(name, `import { ${isType ? "type " : ""}${name} } from "${entry.from}"`)
    }
  }
  return `${[...imports.values()].join("\n")}\n${prelude}export async function example() {\n`
}

/** The names that an entry exports. */
function exportsOf(file: string): { name: string; isType: boolean }[] {
  const lists = readFileSync(file, "utf8").matchAll(/export (type )?\{([^}]*)\}/g)
  return [...lists].flatMap(([, type = "", names = ""]) =>
    names
      .split(",")
      .map((name) => `${type}${name.trim()}`)
      .filter((name) => name !== type)
      .map((name) => ({ name: name.replace("type ", ""), isType: name.startsWith("type ") })),
  )
}

/** An error of the compiler, with the place in `src` instead of that in the generated file. */
function located(error: string, examples: readonly Example[], heads: readonly number[]): string {
  const [, file = "", row = "", message = ""] = /^(.*?)\((\d+),\d+\): (.*)$/.exec(error) ?? []
  const index = Number(/^example(\d+)\.ts$/.exec(basename(file))?.[1])
  const example = examples[index]
  if (!example) return error
  const line = example.codeLine + Number(row) - 1 - (heads[index] ?? 0)
  return `${example.file}:${line}, in the @example of line ${example.line}: ${message}`
}
