import { globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path/posix"
import { describe, expect, it } from "vitest"

/** Which modules the files of a layer may import: other layers by folder, packages by name. docs/design.md, "Layers". */
const layers: Record<string, readonly string[]> = {
  "src/stream/": ["src/stream/"],
  "src/socket/": ["src/socket/", "src/stream/"],
  "src/actor/": ["src/actor/", "src/stream/"],
  "src/routing/": ["src/routing/", "src/socket/", "hono"],
  "src/protocol/": ["src/protocol/", "src/routing/address.ts", "src/routing/params.ts", "src/socket/", "hono"],
  "src/client/": ["src/client/", "src/protocol/", "src/routing/address.ts", "src/socket/"],
  "src/react/": ["src/react/", "src/client/", "src/protocol/", "src/socket/", "react"],
  "src/asyncapi/": ["src/asyncapi/", "src/protocol/", "src/socket/", "hono", "@valibot/to-json-schema"],
  "src/examples/": [
    "src/examples/",
    "sluice",
    "sluice/actor",
    "sluice/durable",
    "sluice/routing",
    "sluice/protocol",
    "sluice/asyncapi",
    "hono",
    "hono/cookie",
    "hono/request-id",
    "valibot",
  ],
  "src/web/": [
    "src/web/",
    "src/examples/",
    "sluice",
    "sluice/asyncapi",
    "sluice/client",
    "sluice/protocol",
    "hono",
    "hono/html",
    "valibot",
  ],
  "durable-objects/": [
    "durable-objects/",
    "src/examples/",
    "sluice",
    "sluice/actor",
    "sluice/durable",
    "sluice/routing",
    "sluice/protocol",
    "sluice/asyncapi",
    "hono",
    "valibot",
  ],
  "src/durable/": ["src/durable/", "src/actor/", "src/socket/", "src/stream/", "cloudflare:workers"],
}

/** The files in which accepting a socket meets Hono. */
const more: Record<string, readonly string[]> = {
  // For the type of what its object takes.
  "src/examples/room.ts": ["durable-objects/chat-room.ts"],
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
    const names = ["index", "actor", "routing", "durable", "protocol", "client", "react", "asyncapi", "worker"]
    const entries = names.map((name) => `src/${name}.ts`)
    const homeless = files.filter(
      (file) => !entries.includes(file) && !Object.keys(layers).some((layer) => file.startsWith(layer)),
    )
    expect(homeless).toEqual([])
  })

  it("only the clocks set timers", () => {
    const callers = files.filter(
      (file) => !file.startsWith("src/web/") && /\bset(Timeout|Interval)\(/.test(readFileSync(file, "utf8")),
    )
    expect(callers.sort()).toEqual(["src/client/clock.ts", "src/stream/clock.ts"])
  })

  it("nobody imports the worker", () => {
    expect(files.filter((file) => importsOf(file).includes("src/worker.ts"))).toEqual([])
  })
})
