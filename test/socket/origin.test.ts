import { Hono } from "hono"
import { describe, expect, it } from "vitest"
import { checkOrigin, sameOrigin } from "../../src/socket/origin.ts"

type Allowed = Parameters<typeof checkOrigin>[0]

/** The status for a request from this origin, and whether the handler was run. */
async function ask(
  allowed: Allowed,
  origin: string | undefined,
  { upgrade = "websocket", url = "https://example.com/chat" } = {},
): Promise<{ status: number; body: string; ran: boolean }> {
  let ran = false
  const app = new Hono().use(checkOrigin(allowed)).get("/chat", (c) => {
    ran = true
    return c.text("Welcome")
  })
  const headers = new Headers({ Upgrade: upgrade })
  if (upgrade === "") headers.delete("Upgrade")
  if (origin !== undefined) headers.set("Origin", origin)
  const response = await app.request(url, { headers })
  return { status: response.status, body: await response.text(), ran }
}

const welcome = { status: 200, body: "Welcome", ran: true }
const refusal = { status: 403, body: "This origin may not open a WebSocket here.\n", ran: false }

describe("sameOrigin", () => {
  it("accepts the Worker's own pages", async () => {
    expect(await ask(sameOrigin, "https://example.com")).toEqual(welcome)
    expect(await ask(sameOrigin, "http://localhost:8787", { url: "http://localhost:8787/chat" })).toEqual(welcome)
  })

  it.each([
    ["another host", "https://example.org"],
    ["a host that is part of it", "https://xample.com"],
    ["a host that it is part of", "https://example.com.evil.org"],
    ["a host below it", "https://www.example.com"],
    ["another scheme", "http://example.com"],
    ["another port", "https://example.com:8443"],
    ["an opaque origin", "null"],
    ["an empty one", ""],
    ["one with a path", "https://example.com/"],
    ["one among others", "https://example.com https://evil.org"],
  ])("refuses %s, before the handler runs", async (_, origin) => {
    expect(await ask(sameOrigin, origin)).toEqual(refusal)
  })

  it("accepts requests without an Origin, which come from no browser", async () => {
    expect(await ask(sameOrigin, undefined)).toEqual(welcome)
  })

  it("checks upgrade requests only", async () => {
    expect(await ask(sameOrigin, "https://evil.org", { upgrade: "" })).toEqual(welcome)
    expect(await ask(sameOrigin, "https://evil.org", { upgrade: "h2c" })).toEqual(welcome)
    expect(await ask(sameOrigin, "https://evil.org", { upgrade: "WebSocket" })).toEqual(refusal)
  })
})

describe("a list of origins", () => {
  const list = ["https://example.org", "http://localhost:3000"]

  it.each(list)("accepts those that are in it: %s", async (origin) => {
    expect(await ask(list, origin)).toEqual(welcome)
  })

  it.each(["https://example.com", "https://example.org:8443", "http://localhost", "null"])(
    "refuses the others: %s",
    async (origin) => {
      expect(await ask(list, origin)).toEqual(refusal)
    },
  )

  it("can contain sameOrigin", async () => {
    expect(await ask([...list, sameOrigin], "https://example.com")).toEqual(welcome)
    expect(await ask([...list, sameOrigin], "https://example.org")).toEqual(welcome)
    expect(await ask([...list, sameOrigin], "https://evil.org")).toEqual(refusal)
  })

  it("accepts no page if it is empty", async () => {
    expect(await ask([], "https://example.com")).toEqual(refusal)
    expect(await ask([], undefined)).toEqual(welcome)
  })

  it.each(["capacitor://localhost", "chrome-extension://abcdefghijklmnop"])(
    "can contain an app or an extension: %s",
    async (origin) => {
      expect(await ask([origin], origin)).toEqual(welcome)
      expect(await ask([origin], `${origin}.evil.org`)).toEqual(refusal)
    },
  )

  it.each([
    "https://example.com/",
    "https://example.com:443",
    "HTTPS://example.com",
    "https://Example.com",
    "example.com",
    "*",
    "https://*.example.com",
    "null",
    "",
    "data:text/plain,hi",
  ])("is a TypeError with an entry that no browser would send: '%s'", (entry) => {
    expect(() => checkOrigin(["https://example.org", entry])).toThrow(TypeError)
    expect(() => checkOrigin([entry])).toThrow(`"${entry}" is not an origin`)
  })
})

describe("a Host that makes no address (fault 50)", () => {
  async function askWith(host: string, headers: HeadersInit) {
    const app = new Hono().use(checkOrigin(sameOrigin)).get("/chat", (c) => c.text("Welcome"))
    // A Request of Node cannot have such an address; those of the runtime can.
    const request = Object.defineProperty(new Request("http://localhost/chat", { headers }), "url", {
      value: `http://${host}/chat`,
    })
    const response = await app.fetch(request)
    return [response.status, await response.text()]
  }

  it.each(["[", "a b", "%", "localhost:99999"])("gets 400 for an upgrade: %s", async (host) => {
    const refused = [400, "The Host of this request is broken.\n"]
    expect(await askWith(host, { Upgrade: "websocket", Origin: "http://localhost" })).toEqual(refused)
    expect(await askWith(host, { Upgrade: "websocket" })).toEqual(refused)
    expect(await askWith(host, { Origin: "http://localhost" })).toEqual([200, "Welcome"])
  })
})

it("checkOrigin takes only sameOrigin or a list (fault I)", () => {
  const words =
    'checkOrigin takes sameOrigin or a list of origins, and got "https://example.com": write a list: [origin]'
  expect(() => checkOrigin("https://example.com" as never)).toThrow(new TypeError(words))
  expect(() => checkOrigin(undefined as never)).toThrow(TypeError)
})
