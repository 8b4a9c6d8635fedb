import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { protocols as routes } from "../../src/examples/protocols.ts"
import { targets } from "../support/other-client.ts"
import { connect } from "../support/ws-client.ts"

const demo = { req: { url: inject("baseUrl") } }
const deep = (open: string, close: string, depth = 100_000) => open.repeat(depth) + close.repeat(depth)
const manyKeys = JSON.stringify(
  Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`key${index}`, index])),
)
const target = (path: string) => targets.filter((target) => target.path === path)

const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`

const tooDeep = [
  { what: "100,000 arrays in one another", bomb: deep("[", "]") },
  { what: "100,000 objects in one another", bomb: objects(100_000) },
  { what: "65 arrays in one another", bomb: deep("[", "]", 65) },
]

const bombs = [
  { what: "64 arrays in one another", bomb: deep("[", "]", 64) },
  { what: "64 objects in one another", bomb: objects(64) },
  { what: "50,000 keys", bomb: manyKeys },
  { what: "a key of a million characters", bomb: JSON.stringify({ ["k".repeat(1_000_000)]: 1 }) },
  { what: "a text of a million characters", bomb: JSON.stringify("t".repeat(1_000_000)) },
  { what: "half a character", bomb: '"\\ud800"' },
  { what: "__proto__", bomb: '{"__proto__":{"foo":"x","type":"say","text":"t"}}' },
  { what: "constructor", bomb: '{"constructor":{"prototype":{"foo":"x","type":"say","text":"t"}}}' },
  { what: "toString and valueOf", bomb: '{"toString":1,"valueOf":2,"toJSON":3}' },
]

const broken = [
  { what: "100,000 arrays that are not closed", bomb: "[".repeat(100_000) },
  { what: "a byte order mark", bomb: "\ufeff{}" },
  { what: "a zero", bomb: "\0" },
  { what: "what only JavaScript takes", bomb: "{foo:'x'}" },
  { what: "two values", bomb: '{"foo":"x"}{"foo":"y"}' },
  { what: "nothing", bomb: "" },
]

describe.each(target("/json"))("JSON to $path", ({ open }) => {
  it.each(bombs)("$what is sent back", async ({ bomb }) => {
    const { url, other } = await open()
    const offender = await connect(url)
    expect(await offender.send(bomb).next()).toBe(bomb)
    await other.check()
  })

  it.each([
    { what: "a number that is too large", bomb: "1e999", becomes: "null" },
    { what: "a number of 100,000 digits", bomb: "1".repeat(100_000), becomes: "null" },
    { what: "a number that is too exact", bomb: `0.${"1".repeat(100_000)}`, becomes: "0.1111111111111111" },
    { what: "a key twice", bomb: '{"foo":1,"foo":2}', becomes: '{"foo":2}' },
  ])("$what becomes the value that JavaScript parses", async ({ bomb, becomes }) => {
    const { url, other } = await open()
    const offender = await connect(url)
    expect(await offender.send(bomb).next()).toBe(becomes)
    await other.check()
  })
})

describe.each([...target("/model"), ...target("/rooms")])("JSON to $path", ({ open }) => {
  it.each([...bombs, { what: "a number that is too large", bomb: "1e999" }])(
    "$what is refused with 1003",
    async ({ bomb }) => {
      const { url, other } = await open()
      const { code, reason } = await (await connect(url)).send(bomb).closed
      expect(code).toBe(1003)
      expect(reason).toMatch(/^\[\{"path":/)
      await other.check()
    },
  )

  it("a wrong model of a million characters is not answered with as many", async () => {
    const { url, other } = await open()
    const text = "t".repeat(500_000)
    const { code, reason } = await (await connect(url)).send(JSON.stringify({ type: "say", foo: [text], text })).closed
    expect([code, Buffer.byteLength(reason)]).toEqual([1003, expect.toSatisfy((length: number) => length <= 123)])
    await other.check()
  })
})

describe("keys that a client adds to its model are dropped", () => {
  const added = '"__proto__":{"name":"Admin"},"name":"Admin","seq":99,"bar":"added"'

  it("in /model", async () => {
    const client = await connect(routes.model.url(demo))
    expect(await client.send(`{"foo":"x",${added}}`).next()).toBe('{"bar":"x"}')
  })

  it("in /rooms", async () => {
    const client = await connect(routes.room.url(demo, { room: randomUUID(), name: "Mallory" }))
    client.send(`{"type":"say","text":"x",${added}}`)
    const [joined, said] = (await client.take(2)).map((text) => JSON.parse(String(text)))
    expect(joined).toEqual({ type: "joined", name: "Mallory" })
    expect(said).toEqual({ type: "said", name: "Mallory", text: "x", seq: 1, at: expect.any(Number) })
  })
})

describe.each([...target("/json"), ...target("/model"), ...target("/rooms")])(
  "messages that are no JSON to $path",
  ({ open }) => {
    it.each(broken)("$what is refused with 1003", async ({ bomb }) => {
      const { url, other } = await open()
      expect(await (await connect(url)).send(bomb).closed).toEqual({
        code: 1003,
        reason: "Unable to parse json message",
      })
      await other.check()
    })
  },
)

describe.each([...target("/json"), ...target("/model"), ...target("/rooms")])(
  "JSON that is nested too deep to $path (fault 41)",
  ({ open }) => {
    it.each(tooDeep)("$what is refused with 1003", async ({ bomb }) => {
      const { url, other } = await open()
      expect(await (await connect(url)).send(bomb).closed).toEqual({
        code: 1003,
        reason: "A json message may be nested 64 deep",
      })
      await other.check()
    })
  },
)

it("no key adds a property to another object", async () => {
  const room = randomUUID()
  for (const url of [routes.json.url(demo), routes.room.url(demo, { room, name: "Mallory" })]) {
    const offender = await connect(url)
    offender.send('{"__proto__":{"foo":"x","type":"say","text":"t"},"constructor":{"prototype":{"foo":"x"}}}')
    await offender.next()
  }
  const client = await connect(routes.model.url(demo))
  expect((await client.send("{}").closed).code).toBe(1003)
})
