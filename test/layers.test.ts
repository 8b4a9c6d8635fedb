import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path/posix"
import { describe, expect, it } from "vitest"

/** Which modules the files of a layer may import: other layers by folder, packages by name. docs/design.md, "Layers". */
const layers: Record<string, readonly string[]> = {
  "src/stream/": ["src/stream/"],
  "src/session/": ["src/session/"],
  "src/socket/": ["src/socket/", "src/stream/"],
  "src/actor/": ["src/actor/", "src/stream/"],
  "src/routing/": ["src/routing/", "src/socket/", "hono"],
  "src/examples/": [
    "src/examples/",
    "sluice",
    "sluice/actor",
    "sluice/durable",
    "sluice/routing",
    "hono",
    "hono/cookie",
    "hono/request-id",
    "valibot",
  ],
  "src/web/": ["src/web/", "src/examples/", "sluice", "sluice/routing", "hono", "hono/html", "valibot"],
  "durable-objects/": [
    "durable-objects/",
    "src/examples/",
    "sluice",
    "sluice/actor",
    "sluice/durable",
    "sluice/routing",
    "hono",
    "valibot",
  ],
  "src/durable/": ["src/durable/", "src/actor/", "src/socket/", "src/stream/", "cloudflare:workers"],
}

/** The files in which accepting a socket meets Hono. */
const more: Record<string, readonly string[]> = {
  "src/socket/web-socket.ts": ["hono"],
  "src/socket/upgrade.ts": ["hono"],
  "src/socket/forward.ts": ["hono"],
  "src/socket/refusal.ts": ["hono"],
  "src/socket/origin.ts": ["hono"],
  "src/socket/handshake.ts": ["hono/utils/cookie"],
}

const files = globSync("{src,durable-objects}/**/*.ts")

const statement = /(?:^(?:import|export)\b[^"';]*?from |^import |import\()"([^"\n]+)"/gm

function importsOf(file: string): string[] {
  const found = readFileSync(file, "utf8").matchAll(statement)
  return [...found].map(([, name = ""]) => (name.startsWith(".") ? join(dirname(file), name) : name))
}

describe("the layers", () => {
  it.each(Object.entries(layers))("%s imports only what it may", (layer, allowed) => {
    const strangers = files
      .filter((file) => file.startsWith(layer))
      .flatMap((file) =>
        importsOf(file)
          .filter(
            (name) =>
              ![...allowed, ...(more[file] ?? [])].some((may) =>
                may.endsWith("/") ? name.startsWith(may) : name === may,
              ),
          )
          .map((name) => `${file} imports ${name}`),
      )
    expect(strangers).toEqual([])
  })

  it("every source file is in a layer or an entry", () => {
    const entries = ["src/index.ts", "src/actor.ts", "src/routing.ts", "src/durable.ts", "src/worker.ts"]
    const homeless = files.filter(
      (file) => !entries.includes(file) && !Object.keys(layers).some((layer) => file.startsWith(layer)),
    )
    expect(homeless).toEqual([])
  })

  it("only the system clock sets timers", () => {
    const callers = files.filter(
      (file) => !file.startsWith("src/web/") && /\bset(Timeout|Interval)\(/.test(readFileSync(file, "utf8")),
    )
    expect(callers).toEqual(["src/stream/clock.ts"])
  })

  it("nobody imports the worker", () => {
    expect(files.filter((file) => importsOf(file).includes("src/worker.ts"))).toEqual([])
  })
})
