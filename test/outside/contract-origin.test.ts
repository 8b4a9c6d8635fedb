import { describe, expect, inject, it } from "vitest"
import { Observer, targets } from "../support/contract.ts"
import { connect } from "../support/ws-client.ts"

const own = new URL(inject("contractUrl")).origin
const refusal = { status: 403, body: "This origin may not open a WebSocket here.\n" }
const others = ["https://evil.example", "null", `${own}.evil.example`, "https://localhost", "file://"]

describe.each(targets)("row 25: Origin on the $name target", ({ path }) => {
  it.each(others)("row 25: sameOrigin refuses '%s' with 403, and no flow is started", async (origin) => {
    const observer = await Observer.start()
    const url = observer.url(`${path}/same-origin`)
    await expect(connect(url, { headers: { Origin: origin } })).rejects.toMatchObject(refusal)
    expect(await observer.rest()).toEqual([])
  })

  it.each(["same-origin", "listed"])("row 25: %s accepts the Worker's own pages", async (endpoint) => {
    const observer = await Observer.start()
    const client = await connect(observer.url(`${path}/${endpoint}`), { headers: { Origin: own } })
    expect(await client.send("hi").next()).toBe("hi")
  })

  it.each(["same-origin", "listed"])("row 25: %s accepts requests without an Origin", async (endpoint) => {
    const observer = await Observer.start()
    const client = await connect(observer.url(`${path}/${endpoint}`))
    expect(await client.send("hi").next()).toBe("hi")
  })

  it("row 25: a list accepts the origins in it, and no others", async () => {
    const observer = await Observer.start()
    const url = observer.url(`${path}/listed`)
    const client = await connect(url, { headers: { Origin: "https://example.com" } })
    expect(await client.send("hi").next()).toBe("hi")
    for (const Origin of ["http://example.com", "https://example.com:8443", "https://www.example.com", "null"]) {
      await expect(connect(url, { headers: { Origin } })).rejects.toMatchObject(refusal)
    }
  })

  it("row 25: is not checked for a request without an upgrade", async () => {
    const response = await fetch(`${own}${path}/same-origin`, { headers: { Origin: "https://evil.example" } })
    expect(response.status).toBe(426)
  })

  it("row 25: is not checked by default", async () => {
    const observer = await Observer.start()
    const client = await connect(observer.url(`${path}/text`), { headers: { Origin: "https://evil.example" } })
    expect(await client.send("hi").next()).toBe("hi")
  })
})
