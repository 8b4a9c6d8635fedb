import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, normalize } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { pack, run } from "../support/packed.ts"

const directory = mkdtempSync(join(tmpdir(), "sluice-package-"))

/** The files of the package as it is published, by their paths. */
let files: string[] = []

beforeAll(async () => {
  const packed = await pack()
  files = packed.files
  // Another run may build the package meanwhile, so compiled files are read from the tarball.
  await run(directory, "tar", "-xzf", packed.tarball)
}, 300_000)

afterAll(() => rmSync(directory, { recursive: true }))

describe("the package", () => {
  const manifest = JSON.parse(readFileSync("package.json", "utf8"))

  it("has no dependencies and Hono as a peer; sluice/react and sluice/asyncapi have optional peers (fault 29)", () => {
    expect(manifest.dependencies).toBe(undefined)
    const optional = { optional: true }
    const peers = { "@valibot/to-json-schema": ">=1.5", "fast-check": ">=4", hono: ">=4.8", react: ">=18" }
    expect(manifest.peerDependencies).toEqual(peers)
    expect(manifest.peerDependenciesMeta).toEqual({
      "@valibot/to-json-schema": optional,
      "fast-check": optional,
      react: optional,
    })
  })

  const importsOf = (files: string[]) => {
    const statement = /(?:^(?:import|export)\b[^"';]*?from |^import |import\()"([^"\n.][^"\n]*)"/gm
    return new Set(files.flatMap((file) => [...readFileSync(file, "utf8").matchAll(statement)].map(([, name]) => name)))
  }
  const isKit = (file: string) => /dist.package.testing/.test(file)
  const compiled = () => globSync(join(directory, "package/dist/package/**/*.{js,d.ts}"))

  it("imports nothing but Hono and the runtime (fault 29)", () => {
    const imported = importsOf(compiled().filter((file) => !isKit(file)))
    expect(imported).toEqual(
      new Set(["hono", "hono/utils/cookie", "cloudflare:workers", "react", "@valibot/to-json-schema"]),
    )
  })

  it("has a test kit that imports only fast-check, which may be missing, and the runtime's tests", () => {
    expect(importsOf(compiled().filter(isKit))).toEqual(new Set(["fast-check", "cloudflare:test"]))
    expect(importsOf(compiled().filter((file) => isKit(file) && file.endsWith(".d.ts")))).toEqual(new Set())
  })

  it("has a description, keywords and the address of its repository (fault 32)", () => {
    for (const field of ["description", "keywords", "license", "repository", "homepage", "bugs"]) {
      expect(manifest[field], field).toBeTruthy()
    }
  })

  it("has every file that its documents link to (fault 32)", () => {
    const documents = files.filter((file) => file.endsWith(".md"))
    const isThere = (path: string) => files.some((file) => file === path || file.startsWith(`${path}/`))
    const links = documents.flatMap((document) =>
      [...readFileSync(document, "utf8").matchAll(/\]\((?!https?:)([\w./-]+)(?:#[\w-]*)?\)/g)].map(([, link = ""]) => ({
        document,
        path: normalize(join(dirname(document), link)),
      })),
    )
    expect(links.length).toBeGreaterThan(10)
    expect(links.filter(({ path }) => !isThere(path))).toEqual([])
  })

  it("has the sources that its source maps and declaration maps lead to (fault 32)", () => {
    const built = files.filter((file) => /^dist\/package\/.*\.(js|d\.ts)$/.test(file))
    expect(built.length).toBeGreaterThan(100)
    expect(built.filter((file) => !files.includes(`${file}.map`))).toEqual([])
    const sources = files
      .filter((file) => file.endsWith(".map"))
      .flatMap((map) =>
        JSON.parse(readFileSync(map, "utf8")).sources.map((source: string) => normalize(join(dirname(map), source))),
      )
    expect(sources.filter((source) => !files.includes(source))).toEqual([])
  })
})
