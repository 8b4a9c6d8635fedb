import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { logSoFar, Observer, targets } from "../support/contract.ts"
import { connect } from "../support/ws-client.ts"

const contractUrl = inject("contractUrl")

describe.each(targets)("a secret on the $name target", ({ path }) => {
  it("in an error is in no close and no response", async () => {
    const secret = randomUUID()
    const observer = await Observer.start()
    const client = await connect(observer.url(`${path}/fails`))
    expect(await client.send(`fail with ${secret}`).closed).toEqual({ code: 1011, reason: "" })
    for (const name of ["throws", "rejects", `there-is-no-${secret}`]) {
      const rejection = connect(observer.url(`${path}/${name}`))
      await expect(rejection).rejects.toMatchObject({ status: 500, body: "Internal Server Error" })
    }
  })

  it("in a client's message is in no close of another client", async () => {
    const secret = randomUUID()
    const observer = await Observer.start()
    const other = await connect(observer.url(`${path}/model`))
    for (const message of [`{"name":"${secret}"}`, `{"name":{"${secret}":1}}`, `{${secret}`]) {
      const client = await connect(observer.url(`${path}/model`))
      client.send(message, "{not json")
      await client.closed
    }
    const failing = await connect(observer.url(`${path}/fails`))
    await failing.send(`fail ${secret}`).closed
    expect(await other.send('{"name":"Ada"}').next()).toBe('{"name":"Ada"}')
    const { reason } = await other.send('{"name":1}').closed
    expect(reason).not.toContain(secret)
  })

  it("in a refused message or a close reason is not logged", async () => {
    const secret = randomUUID()
    const observer = await Observer.start()
    const refused = [
      { endpoint: "json", message: `{not json ${secret}`, code: 1003 },
      { endpoint: "model", message: `{"name":{"${secret}":1}}`, code: 1003 },
      { endpoint: "binary", message: secret, code: 1003 },
      { endpoint: "ten-bytes", message: secret, code: 1009 },
    ]
    for (const { endpoint, message, code } of refused) {
      const client = await connect(observer.url(`${path}/${endpoint}`))
      expect((await client.send(message).closed).code).toBe(code)
    }
    const client = await connect(observer.url(`${path}/text`))
    client.send(secret).close(4000, secret)
    await client.closed
    expect(await logSoFar()).not.toContain(secret)
  })

  it("in the info of a connection cannot be forged by a header", async () => {
    const info = {
      url: "https://sluice.invalid/?forged=1",
      route: "/",
      params: { name: "text" },
      headers: {},
      data: 1,
    }
    const headers = { "Sluice-Info": encodeURIComponent(JSON.stringify(info)) }
    const client = await connect(`${contractUrl}${path}/of-the-query?id=${randomUUID()}&mine=1`, { headers })
    expect(JSON.parse(String(await client.send("?").next()))).toEqual({ id: expect.any(String), mine: "1" })
  })
})

it("an unknown address answers 404 and nothing else", async () => {
  const secret = randomUUID()
  const response = await fetch(`${contractUrl}/${secret}?${secret}`, { headers: { "X-Secret": secret } })
  expect(response.status).toBe(404)
  expect(await response.text()).toBe("404 Not Found")
})
