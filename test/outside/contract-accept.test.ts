import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { logged } from "../support/worker-log.ts"
import { connect } from "../support/ws-client.ts"

describe.each(targets)("accepting on the $name target", ({ path }) => {
  const urlOf = (endpoint: string, query = "") => `${inject("contractUrl")}${path}/${endpoint}${query}`

  describe("row 1: a request without an upgrade", () => {
    it("gets 426 and one line of text", async () => {
      const response = await fetch(urlOf("text"))
      expect(response.status).toBe(426)
      expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/)
      expect(await response.text()).toMatch(/^[^\n]+\n$/)
      // RFC 9110 §15.5.22 requires the header, but the runtime removes it.
      expect(response.headers.get("Upgrade")).toBe(null)
    })

    it("gets the headers that middleware and c.header have set (fault 21)", async () => {
      const headers = { "X-Request-Id": "an-id-of-the-test", Origin: "https://example.com" }
      const response = await fetch(urlOf("text"), { headers })
      expect(response.status).toBe(426)
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "x-request-id": "an-id-of-the-test",
        "x-before": "c.header",
        "access-control-allow-origin": "https://example.com",
      })
    })

    it("is answered the same for HEAD, without a body (fault 21)", async () => {
      const response = await fetch(urlOf("text"), { method: "HEAD" })
      expect([response.status, await response.text()]).toEqual([426, ""])
    })

    it.each([
      ["POST", "posted"],
      ["POST", "for-all/text"],
      ["PUT", "for-all/text"],
      ["DELETE", "for-all/text"],
      ["OPTIONS", "for-all/text"],
    ])("gets 405 with Allow for %s if the route has one: %s (fault 21)", async (method, endpoint) => {
      const response = await fetch(urlOf(endpoint), { method })
      expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET"])
      expect(await response.text()).toMatch(/^[^\n]+\n$/)
    })

    it("is an upgrade if the method is GET, on a route for all methods", async () => {
      const client = await connect(urlOf("for-all/text"))
      expect(await client.send("hi").next()).toBe("hi")
    })

    it("does not reach the accept function", async () => {
      expect((await fetch(urlOf("throws"))).status).toBe(426)
      expect((await fetch(urlOf("rejected"))).status).toBe(426)
    })
  })

  it("row 2: a response instead of a flow reaches the client unchanged", async () => {
    await expect(connect(urlOf("rejected"))).rejects.toMatchObject({
      status: 403,
      headers: { "x-reason": "holiday", "content-type": expect.stringMatching(/^text\/plain/) },
      body: "We are closed",
    })
  })

  describe("row 2: behind middleware that sets headers (fault 20)", () => {
    const added = { "x-powered-by": "Hono", "server-timing": expect.any(String), "x-frame-options": "SAMEORIGIN" }

    it("row 2: a response that was fetched keeps its status, headers and body", async () => {
      await expect(connect(urlOf("fetched"))).rejects.toMatchObject({
        status: 404,
        headers: { ...added, "content-type": expect.stringMatching(/^text\/plain/) },
        body: "Only webSocket.forward leads here.\n",
      })
    })

    it("row 2: so does a redirect", async () => {
      await expect(connect(urlOf("redirected"))).rejects.toMatchObject({
        status: 302,
        headers: { ...added, location: "https://example.com/login" },
        body: "",
      })
    })

    it("row 2: so does one of the handler's own", async () => {
      await expect(connect(urlOf("rejected"))).rejects.toMatchObject({
        status: 403,
        headers: { ...added, "x-reason": "holiday" },
        body: "We are closed",
      })
    })
  })

  it.each(["throws", "rejects"])("row 3: an accept function that %s gives a 500 without details", async (endpoint) => {
    await expect(connect(urlOf(endpoint))).rejects.toMatchObject({ status: 500, body: "Internal Server Error" })
    await logged(inject("contractLog"), new RegExp(`The password of ${path}/${endpoint} is 1234`))
  })

  it("row 3: an accept function that throws is answered by the app's onError", async () => {
    await expect(connect(urlOf("apologetic/throws"))).rejects.toMatchObject({ status: 503, body: "We are sorry" })
  })

  describe("row 22: subprotocols", () => {
    it("the first that the client offers is selected by default", async () => {
      const client = await connect(urlOf("text"), { protocols: ["chat.v1", "chat.v2"] })
      expect(client.headers["sec-websocket-protocol"]).toBe("chat.v1")
    })

    it("the one that the handler selects is the only one in the answer", async () => {
      const client = await connect(urlOf("subprotocol", "?select=chat.v2"), { protocols: ["chat.v1", "chat.v2"] })
      expect(client.headers["sec-websocket-protocol"]).toBe("chat.v2")
    })

    it("none is in the answer if the handler selects none (fault 24)", async () => {
      for (const select of ["?select=", "?none"]) {
        // A client of the library would refuse a handshake that selects none of its offer.
        const client = await RawClient.connect(urlOf("subprotocol", select), { "Sec-WebSocket-Protocol": "chat.v1" })
        expect(client.head).not.toMatch(/^Sec-WebSocket-Protocol:/im)
        expect(await client.send(frame.text("hi")).next()).toEqual(frame.text("hi"))
      }
    })

    it("one of Sluice's own is not selected if it is off (fault 46)", async () => {
      const selected = async (offer: string) => {
        const { head } = await RawClient.connect(urlOf("text"), { "Sec-WebSocket-Protocol": offer })
        return /^Sec-WebSocket-Protocol: (.*?)\r?$/im.exec(head)?.[1]
      }
      expect(await selected("sluice.batch, chat.v1")).toBe("chat.v1")
      expect(await selected("sluice.batch")).toBe(undefined)
      expect(await selected("sluice.1, sluice.batch")).toBe(undefined)
    })

    it("none is in the answer to a client that offers none", async () => {
      const client = await connect(urlOf("text"))
      expect(client.headers).not.toHaveProperty("sec-websocket-protocol")
    })
  })

  describe("row 23: a subprotocol that was not offered", () => {
    const select = `v1.${randomUUID()}`
    const complaint = (offered: string) => new RegExp(`"${select}" was selected, but the client offered: ${offered}`)

    it("gives a 500, and the log names it", async () => {
      const rejection = connect(urlOf("subprotocol", `?select=${select}`), { protocols: ["v2"] })
      await expect(rejection).rejects.toMatchObject({ status: 500, body: "Internal Server Error" })
      await logged(inject("contractLog"), complaint("v2"))
    })

    it("gives a 500 to a client that offered none", async () => {
      await expect(connect(urlOf("subprotocol", `?select=${select}`))).rejects.toMatchObject({ status: 500 })
      await logged(inject("contractLog"), complaint("none"))
    })
  })

  describe("row 24: the handshake", () => {
    it("carries the handler's headers and cookies, and those of middleware", async () => {
      const { headers } = await connect(urlOf("headers"))
      expect(headers).toMatchObject({ "x-own": "mine", "x-before": "c.header", "x-in-accept": "c.header" })
      expect(headers["set-cookie"]).toEqual([
        "before=1; Path=/",
        "in-accept=1; Path=/",
        "by-hand=1",
        "plain=a%20b",
        "guarded=x; Path=/; HttpOnly; SameSite=Lax",
        "after=1; Path=/",
      ])
    })

    it("ignores headers that belong to the runtime (fault 4)", async () => {
      const client = await connect(urlOf("headers"), { protocols: ["chat.v1"] })
      expect(client.headers).toMatchObject({ upgrade: "websocket", "sec-websocket-protocol": "chat.v1" })
      expect(client.headers.connection).toMatch(/^upgrade$/i)
      expect(await client.send("still works").next()).toBe("still works")
      // The client offers none, because one that the author has set would be on the wire then.
      const { head } = await RawClient.connect(urlOf("headers"))
      expect(head).not.toMatch(/forged|content-length|transfer-encoding/i)
      expect(head).toMatch(/^X-Own: mine\r$/im)
    })
  })

  describe("row 31: compression", () => {
    it("is on by default", async () => {
      const client = await connect(urlOf("text"))
      expect(client.headers["sec-websocket-extensions"]).toMatch(/^permessage-deflate/)
      const long = "compressible ".repeat(1000)
      expect(await client.send(long).next()).toBe(long)
    })

    it("is off if the endpoint switches it off", async () => {
      const client = await connect(urlOf("uncompressed"))
      expect(client.socket.extensions).toBe("")
      expect(await client.send("hi").next()).toBe("hi")
    })
  })

  it("row 28: a ping is answered with its payload, and the flow does not see it", async () => {
    const observer = await Observer.start()
    const client = await RawClient.connect(observer.url(`${path}/messages`))
    client.send(frame.ping("a payload"), frame.text("hi"))
    const frames = [await client.next(), await client.next()]
    expect(frames).toEqual(expect.arrayContaining([frame.pong("a payload"), frame.text("hi")]))
    expect(await observer.rest()).toEqual(['flow: {"type":"text","text":"hi"}'])
  })

  describe("middleware before the handler", () => {
    const headers = { Authorization: "Bearer let-me-in", Origin: "https://example.com" }

    it("rejects instead of the handler", async () => {
      await expect(connect(urlOf("guarded"))).rejects.toMatchObject({
        status: 401,
        headers: { "www-authenticate": expect.stringContaining("Bearer"), "x-after-next": "c.header" },
        body: "Unauthorized",
      })
    })

    it("adds headers to the 101, before and after it", async () => {
      const client = await connect(urlOf("guarded"), { headers })
      expect(client.headers).toMatchObject({
        "access-control-allow-origin": "https://example.com",
        "access-control-allow-credentials": "true",
        "x-after-next": "c.header",
        "x-also-after-next": "c.res.headers",
      })
      expect(await client.send("hi").next()).toBe("hi")
    })

    it("sees the 101", async () => {
      await connect(urlOf("guarded", "?logged"), { headers })
      await logged(inject("contractLog"), new RegExp(`--> GET ${path}/guarded\\?logged 101`))
    })
  })
})
