import * as v from "valibot"
import { describe, expect, inject, it, onTestFinished } from "vitest"
import { connect } from "../../src/client.ts"
import { protocols } from "../../src/examples/protocols.ts"
import { protocol } from "../../src/protocol.ts"
import { PageServer } from "../support/page-server.ts"

describe("a client whose token expires", () => {
  it("calls the functions for the query and the headers before each connection", async () => {
    const server = await PageServer.start()
    onTestFinished(() => server.stop())
    const seen: unknown[] = []
    server.onSocket = (socket, { url, headers }) => {
      seen.push([url, headers.authorization])
      if (seen.length === 3) socket.send('"welcome"')
      else socket.close(1012)
    }
    let token = 0
    const guarded = protocol("/guarded", {
      query: v.object({ token: v.string() }),
      receives: v.string(),
      sends: v.string(),
    })
    const values = async () => ({ token: ++token })
    const headers = async () => ({ Authorization: `Bearer ${token}` })
    const client = connect(guarded, values, { base: async () => server.url, headers })
    onTestFinished(() => client.close())
    const { value } = await client[Symbol.asyncIterator]().next()
    expect(value).toBe("welcome")
    expect(seen).toEqual([1, 2, 3].map((n) => [`/guarded?token=${n}`, `Bearer ${n}`]))
  })
})

describe("a client of another version of the protocol", () => {
  const base = inject("baseUrl")

  it("stops with 1003 and the issues if the server refuses its messages", async () => {
    const other = protocol("/model", { receives: v.object({ foo: v.number() }), sends: v.object({ bar: v.string() }) })
    const client = connect(other, {}, { base })
    await client.send({ foo: 1 })
    expect(await client.closed).toEqual({ code: 1003, reason: expect.stringContaining('"path":"foo"') })
    expect(client.status).toBe("closed")
  })

  it("stops with 1003 and the issues if it refuses those of the server", async () => {
    const other = protocol("/model", { receives: v.object({ foo: v.string() }), sends: v.object({ bar: v.number() }) })
    const client = connect(other, {}, { base })
    await client.send({ foo: "a" })
    expect(await client.closed).toEqual({ code: 1003, reason: expect.stringContaining("Expected number") })
    expect(client.status).toBe("closed")
  })

  it("works with the same version", async () => {
    const client = connect(protocols.model, {}, { base })
    void client.send({ foo: "a" })
    const { value } = await client[Symbol.asyncIterator]().next()
    expect(value).toEqual({ bar: "a" })
    client.close()
    expect((await client.closed).code).toBe(1000)
  })
})
