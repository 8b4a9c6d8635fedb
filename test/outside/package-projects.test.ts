import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pack, run } from "../support/packed.ts"
import { StartedWorker } from "../support/started-worker.ts"
import { connect } from "../support/ws-client.ts"

const { devDependencies, peerDependencies } = JSON.parse(readFileSync("package.json", "utf8"))
const directory = mkdtempSync(join(tmpdir(), "sluice-package-"))

/** The package as it is published. */
let tarball = ""

/** A Worker project outside of this one, with the package and a Hono of its own. */
async function install(name: string, ...packages: string[]): Promise<string> {
  const project = join(directory, name)
  mkdirSync(project)
  cpSync("test/package", project, { recursive: true })
  const types = "@cloudflare/workers-types"
  const quiet = ["--no-audit", "--no-fund", "--prefer-offline"]
  await run(project, "npm", "install", ...quiet, tarball, `${types}@${devDependencies[types]}`, ...packages)
  return project
}

beforeAll(async () => {
  ;({ tarball } = await pack())
}, 300_000)

afterAll(() => rmSync(directory, { recursive: true }))

const lowest = peerDependencies.hono.replace(">=", "")
const newest = devDependencies.hono.replace("^", "")

/** Adds type tests that import the package, and links to the other packages that they import. */
function addTypeTests(project: string): void {
  for (const file of ["test/types/protocol.test-d.ts", "test/react/use-socket.test-d.ts"])
    cpSync(file, join(project, "types", basename(file)))
  const compilerOptions = { types: ["@cloudflare/workers-types"], skipLibCheck: true }
  writeFileSync(
    join(project, "types/tsconfig.json"),
    JSON.stringify({ extends: "../tsconfig.json", compilerOptions, include: ["*.ts"] }),
  )
  mkdirSync(join(project, "node_modules/@types"))
  for (const name of ["vitest", "valibot", "react", "@types/react"])
    symlinkSync(resolve("node_modules", name), join(project, "node_modules", name))
}

const compilers: [version: string, compiler: (project: string) => string][] = [
  ["5.9", (project) => join(project, "node_modules/typescript/bin/tsc")],
  ["6.0", (project) => join(project, "node_modules/typescript-6/bin/tsc")],
  [devDependencies.typescript, () => resolve("node_modules/typescript/bin/tsc")],
]

/** The errors of the compiler, without those in Hono: 4.8 has one beside the newest types of the runtime. */
async function errorsIn(folder: string, compiler: string, config: string): Promise<string[]> {
  const output = await run(folder, process.execPath, compiler, "-p", config).catch(({ message }: Error) => message)
  return output.split("\n").filter((line) => /\berror TS\d+/.test(line) && !line.includes("node_modules/hono/"))
}

describe.each([
  { which: "the lowest Hono", hono: `${lowest}.0` },
  { which: "the newest Hono", hono: newest },
])("the package beside $which, $hono (faults 29 and 30)", ({ hono }) => {
  let project = ""
  beforeAll(async () => {
    project = await install(`hono-${hono}`, `hono@${hono}`, "typescript@5.9", "typescript-6@npm:typescript@6.0")
  }, 300_000)

  it("adds no second Hono", async () => {
    const { dependencies } = JSON.parse(await run(project, "npm", "ls", "--all", "--json"))
    const compilers = ["typescript", "typescript-6"]
    expect(new Set(Object.keys(dependencies))).toEqual(
      new Set(["@cloudflare/workers-types", "hono", "sluice", ...compilers]),
    )
    expect(dependencies.hono.version).toBe(hono)
    expect(existsSync(join(project, "node_modules/sluice/node_modules"))).toBe(false)
  })

  it.each(compilers)(
    "typechecks with TypeScript %s, the declarations of the package too",
    async (version, compiler) => {
      expect(await run(project, process.execPath, compiler(project), "--version")).toContain(version)
      expect(await errorsIn(project, compiler(project), ".")).toEqual([])
    },
    180_000,
  )

  it.each(compilers)(
    "compiles the Worker of the quick start with the types of wrangler, with TypeScript %s",
    async (_version, compiler) => {
      const worker = join(project, "quick-start")
      if (!existsSync(worker)) {
        cpSync("test/docs/quick-start", worker, { recursive: true })
        await run(worker, process.execPath, resolve("node_modules/wrangler/bin/wrangler.js"), "types")
      }
      expect(await errorsIn(worker, compiler(project), "tsconfig.worker.json")).toEqual([])
    },
    180_000,
  )

  it.each(compilers)(
    "refuses elements that a protocol does not have, with TypeScript %s",
    async (_version, compiler) => {
      if (!existsSync(join(project, "types"))) addTypeTests(project)
      expect(await run(project, process.execPath, compiler(project), "-p", "types")).toBe("")
    },
    180_000,
  )

  describe("bundled and run", () => {
    let worker: StartedWorker
    let url = ""
    beforeAll(async () => {
      worker = new StartedWorker(join(project, "worker.log"), "--config", join(project, "wrangler.toml"))
      url = await worker.url()
    })
    afterAll(() => worker.stop())

    it("echoes, as in the README", async () => {
      expect(await (await connect(`${url}/echo`)).send("hello").next()).toBe("hello")
    })

    it("accepts in an app that is mounted, with params, variables, headers and cookies", async () => {
      const client = await connect(`${url}/api/v1/items/7`)
      expect(client.headers).toMatchObject({ "x-item": "7", "set-cookie": ["seen=1; HttpOnly"] })
      expect(await client.send('{"say":"hi"}').next()).toBe('{"said":"hi","id":"7","user":"ann"}')
      expect(await client.send("{}").closed).toMatchObject({ code: 1003 })
    })

    it("makes the URLs of both routes", async () => {
      const host = new URL(url).host
      expect(await (await fetch(`${url}/api/v1/page`)).json()).toEqual([
        `ws://${host}/api/v1/items/7?lang=en`,
        `ws://${host}/api/v1/rooms/lobby`,
      ])
    })

    it("forwards to an object", async () => {
      const [one, other] = [await connect(`${url}/api/v1/rooms/a`), await connect(`${url}/api/v1/rooms/a`)]
      expect(await one.send("hello all").next()).toBe("hello all")
      expect(await other.next()).toBe("hello all")
    })

    it("runs actors, rejects, and checks origins", async () => {
      expect(await (await connect(`${url}/actor`)).send("hi").next()).toBe("actor: hi")
      await expect(connect(`${url}/private`)).rejects.toMatchObject({ status: 403, body: "Forbidden" })
      const headers = { Origin: "https://evil.example" }
      await expect(connect(`${url}/echo`, { headers })).rejects.toMatchObject({ status: 403 })
      expect((await fetch(`${url}/echo`)).status).toBe(426)
    })
  })
})

describe("the test kit in a fresh project", () => {
  let project = ""
  beforeAll(async () => {
    project = await install("kit", `hono@${newest}`)
    // As large as the rest of the tests together, so they are not installed a second time.
    mkdirSync(join(project, "node_modules/@cloudflare"), { recursive: true })
    for (const name of ["vitest", "@cloudflare/vitest-plugin", "fast-check"]) {
      symlinkSync(resolve("node_modules", name), join(project, "node_modules", name))
    }
    cpSync("test/package/kit", project, { recursive: true })
  }, 300_000)

  const vitest = (...given: string[]) =>
    run(
      project,
      process.execPath,
      "node_modules/vitest/vitest.mjs",
      "run",
      "--reporter=default",
      "--testTimeout=120000",
      ...given,
    )

  it("runs the examples of docs/testing.md in Node", async () => {
    expect(await vitest("--project", "memory")).toMatch(/Test Files.* 2 passed/)
  }, 180_000)

  it("runs them in workerd", async () => {
    expect(await vitest("--project", "workerd")).toMatch(/Test Files.* 1 passed/)
  }, 180_000)

  it("needs no fast-check", async () => {
    rmSync(join(project, "node_modules/fast-check"))
    expect(await vitest("--project", "memory", "objects.test.ts")).toMatch(/Test Files.* 1 passed/)
  }, 180_000)
})
