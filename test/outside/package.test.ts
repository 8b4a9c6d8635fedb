import { execFileSync } from "node:child_process"
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { StartedWorker } from "../support/started-worker.ts"
import { connect } from "../support/ws-client.ts"

/** A Worker project of somebody else's, outside this one. */
const project = mkdtempSync(join(tmpdir(), "sluice-package-"))

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, { cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
}

beforeAll(() => {
  cpSync("test/package", project, { recursive: true })
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--pack-destination", project], { encoding: "utf8" }),
  )
  const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"))
  const types = "@cloudflare/workers-types"
  run("npm", "install", "--no-audit", join(project, packed.filename), `${types}@${devDependencies[types]}`)
}, 120_000)

afterAll(() => rmSync(project, { recursive: true }))

describe("the package in a fresh Worker project", () => {
  it("brings hono and valibot and nothing else", () => {
    const { dependencies } = JSON.parse(readFileSync(join(project, "node_modules/sluice/package.json"), "utf8"))
    expect(Object.keys(dependencies)).toEqual(["hono", "valibot"])
  })

  it("typechecks", () => {
    run(process.execPath, resolve("node_modules/typescript/bin/tsc"), "-p", ".")
  })

  it("runs", async () => {
    const worker = new StartedWorker(join(project, "worker.log"), "--config", join(project, "wrangler.toml"))
    try {
      const client = await connect(`${await worker.url()}/echo`)
      client.send("hello from outside")
      expect(await client.next()).toBe("hello from outside")
      client.close()
    } finally {
      await worker.stop()
    }
  })
})
