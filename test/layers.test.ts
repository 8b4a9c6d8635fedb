import { globSync, readFileSync } from "node:fs"
import { basename, dirname, join } from "node:path/posix"
import { describe, expect, it } from "vitest"

/** Which modules the files of a layer may import: other layers by folder, packages by name. docs/design.md, "Layers". */
const layers: Record<string, readonly string[]> = {
  "src/stream/": ["src/stream/"],
  "src/session/": ["src/session/"],
  "src/socket/": ["src/socket/", "src/stream/", "src/session/"],
  "src/actor/": ["src/actor/", "src/stream/"],
  "src/routing/": ["src/routing/", "src/socket/", "hono"],
  "src/protocol/": ["src/protocol/", "src/routing/address.ts", "src/routing/params.ts", "src/socket/", "hono"],
  "src/client/": ["src/client/", "src/protocol/", "src/routing/address.ts", "src/socket/", "src/session/"],
  "src/react/": ["src/react/", "src/client/", "src/protocol/", "src/socket/", "react"],
  "src/asyncapi/": [
    "src/asyncapi/",
    "src/protocol/",
    "src/routing/address.ts",
    "src/socket/",
    "hono",
    "@valibot/to-json-schema",
  ],
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
  "src/testing/": [
    "src/testing/",
    "src/durable/",
    "src/actor/",
    "src/socket/",
    "src/stream/",
    "src/session/",
    "src/protocol/elements.ts",
    "cloudflare:workers",
    "cloudflare:test",
    "fast-check",
  ],
  "src/durable/": ["src/durable/", "src/actor/", "src/socket/", "src/stream/", "src/session/", "cloudflare:workers"],
}

/** Additional imports of single files: Hono where a socket is accepted, the class that types a stub. */
const more: Record<string, readonly string[]> = {
  "src/socket/web-socket.ts": ["hono"],
  "src/socket/upgrade.ts": ["hono"],
  "src/socket/forward.ts": ["hono"],
  "src/socket/refusal.ts": ["hono"],
  "src/socket/origin.ts": ["hono"],
  "src/socket/handshake.ts": ["hono/utils/cookie"],
  "src/examples/room.ts": ["durable-objects/chat-room.ts"],
  "src/examples/evict.ts": ["hono/csrf"],
}

const files = globSync("{src,durable-objects}/**/*.ts")

const statement = /(?:^(?:import|export)\b[^"';]*?from |^import |import\()"([^"\n]+)"/gm

function importsOf(file: string): string[] {
  const found = readFileSync(file, "utf8").matchAll(statement)
  return [...found].map(([, name = ""]) => (name.startsWith(".") ? join(dirname(file), name) : name))
}

describe("the layers", () => {
  it.each(Object.entries(layers))("%s imports only allowed modules", (layer, allowed) => {
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

  it("no file name is used twice in src/stream", () => {
    const names = files.filter((file) => file.startsWith("src/stream/")).map((file) => basename(file))
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it("no file has more than 250 lines", () => {
    const lines = (file: string) => readFileSync(file, "utf8").split("\n").length - 1
    expect(files.filter((file) => lines(file) > 250)).toEqual([])
  })

  it("every source file is in a layer or an entry", () => {
    const own = ["index", "actor", "routing", "durable", "protocol", "client", "react", "asyncapi"]
    const names = [...own, "testing", "testing-workerd", "worker"]
    const entries = names.map((name) => `src/${name}.ts`)
    const homeless = files.filter(
      (file) => !entries.includes(file) && !Object.keys(layers).some((layer) => file.startsWith(layer)),
    )
    expect(homeless).toEqual([])
  })

  it("only the clocks set timers", () => {
    const callers = files.filter(
      (file) => !/^src\/(web|testing)\//.test(file) && /\bset(Timeout|Interval)\(/.test(readFileSync(file, "utf8")),
    )
    expect(callers.sort()).toEqual(["src/client/clock.ts", "src/stream/clock.ts"])
  })

  it("only tests import the test kit", () => {
    const kit = (file: string) => file.startsWith("src/testing")
    const importers = files.filter(
      (file) => !kit(file) && importsOf(file).some((name) => /(src|sluice)\/testing/.test(name)),
    )
    expect(importers).toEqual([])
  })

  it("no file imports the worker", () => {
    expect(files.filter((file) => importsOf(file).includes("src/worker.ts"))).toEqual([])
  })
})
