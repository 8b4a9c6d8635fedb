import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { connect } from "../support/ws-client.ts"

const baseUrl = inject("baseUrl")
const demo = { req: { url: baseUrl } }

it.each(Object.values(routes).map(({ path }) => path))("%s requires an upgrade", async (path) => {
  const response = await fetch(baseUrl + path.replace(":id", "1"))
  expect(response.status).toBe(426)
  expect(await response.text()).toMatch(/^[^\n]+\n$/)
})

describe("/private", () => {
  it("is forbidden without the cookie", async () => {
    await expect(connect(routes.private.url(demo))).rejects.toMatchObject({ status: 403, body: "Forbidden" })
    const headers = { Cookie: "users=ada; User=ada" }
    await expect(connect(routes.private.url(demo), { headers })).rejects.toMatchObject({ status: 403 })
  })

  it("echoes with it", async () => {
    const client = await connect(routes.private.url(demo), { headers: { Cookie: "theme=dark; user=ada" } })
    expect(await client.send("hi").next()).toBe("hi")
  })
})

describe("/items/:id", () => {
  it.each(["1", "2", "3"])("echoes with the item %s", async (id) => {
    const client = await connect(routes.items.url(demo, { id }))
    expect(await client.send("hi").next()).toBe(`item ${id}: hi`)
  })

  it.each(["0", "4", "one", "1 "])("is not found: %s", async (id) => {
    await expect(connect(routes.items.url(demo, { id }))).rejects.toMatchObject({ status: 404 })
  })
})

describe("/subprotocol", () => {
  it.each([
    { offered: ["chat.v1"], spoken: "chat.v1" },
    { offered: ["chat.v2"], spoken: "chat.v2" },
    { offered: ["chat.v1", "chat.v2"], spoken: "chat.v2" },
    { offered: ["other", "chat.v1"], spoken: "chat.v1" },
  ])("selects $spoken if $offered are offered", async ({ offered, spoken }) => {
    const client = await connect(routes.subprotocol.url(demo), { protocols: offered })
    expect(client.headers["sec-websocket-protocol"]).toBe(spoken)
    expect(await client.send("hi").next()).toBe(`${spoken}: hi`)
  })

  it.each([[[]], [["chat.v3"]]])("refuses a client that offers %j", async (protocols) => {
    await expect(connect(routes.subprotocol.url(demo), { protocols })).rejects.toMatchObject({ status: 400 })
  })
})

describe("/handshake", () => {
  it("carries the request's id and a cookie, and echoes", async () => {
    const client = await connect(routes.handshake.url(demo), { headers: { "X-Request-Id": "a-trace" } })
    expect(client.headers).toMatchObject({
      "x-websocket-trace": "a-trace",
      "set-cookie": ["ws-demo=connected; HttpOnly"],
    })
    expect(await client.send("hi").next()).toBe("hi")
  })

  it("makes an id if the request has none", async () => {
    const { headers } = await connect(routes.handshake.url(demo))
    expect(headers["x-websocket-trace"]).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers["x-request-id"]).toBe(headers["x-websocket-trace"])
  })
})

describe("a page of another origin", () => {
  const urls = Object.values(routes).map(({ path }) => path.replace(/:\w+/, "1"))
  const ask = (path: string, origin: string) => connect(baseUrl + path, { headers: { Origin: origin } })

  it.each(urls)("may not connect to %s", async (path) => {
    for (const origin of ["https://evil.example", "null"]) {
      await expect(ask(path, origin)).rejects.toMatchObject({ status: 403 })
    }
  })

  it("does not include the page itself, which may", async () => {
    expect(await (await ask("/echo", baseUrl)).send("hi").next()).toBe("hi")
  })
})

describe("a name that all clients share", () => {
  const paths = ["/rooms/:id?name=Ann", "/stopwatch/:id", "/stopwatch-on-request/:id", "/control/:id"]
  const open = (path: string, id: string) => connect(baseUrl + path.replace(":id", encodeURIComponent(id)))
  const refused = [
    { what: "65 characters", id: "x".repeat(65) },
    { what: "a line feed", id: "a\nb" },
    { what: "a zero", id: "a\0b" },
    { what: "a control character of Latin-1", id: "a\u0085b" },
    { what: "an end of a line", id: "a\u2028b" },
    { what: "a mark that turns text around", id: "a\u202Eb" },
    { what: "an isolate", id: "\u2066a\u2069" },
    { what: "a mark for right to left", id: "a\u200F" },
  ]

  it.each(paths)("has 1 to 64 characters, of any writing: %s", async (path) => {
    for (const id of ["x", randomUUID(), "x".repeat(64), "東京 👩‍👩‍👧", "שלום"]) await open(path, id)
  })

  it.each(refused)("has no $what", async ({ id }) => {
    for (const path of paths) {
      const rejection = { status: 400, body: "A name has 1 to 64 characters, and no control characters among them" }
      await expect(open(path, id)).rejects.toMatchObject(rejection)
    }
  })

  it.each(refused.slice(1))("of a member has no $what", async ({ id }) => {
    const rejection = connect(routes.room.url(demo, { room: "lobby", name: id }))
    await expect(rejection).rejects.toMatchObject({ status: 400 })
  })
})
