import { describe, expect, it } from "vitest"
import { ask, askForUpgrade, dial, Line } from "../support/dial.ts"

/** Status and body of an answer that is no upgrade. */
async function refusal(answer: Promise<Response>): Promise<[status: number, body: string]> {
  const response = await answer
  expect(response.webSocket ?? null).toBe(null)
  return [response.status, await response.text()]
}

describe("a request without an upgrade", () => {
  it("gets 426 with a line that explains the upgrade", async () => {
    const response = await ask("/echo")
    expect(response.status).toBe(426)
    expect(response.headers.get("Upgrade")).toBe("websocket")
    expect(await response.text()).toBe("This address speaks WebSocket: ask for an upgrade.\n")
  })

  it("gets 426 for another upgrade as well", async () => {
    expect((await ask("/private", { Upgrade: "h2c" })).status).toBe(426)
  })

  it("is an upgrade if only the case differs", async () => {
    const { status, webSocket } = await ask("/echo", { Upgrade: "WebSocket" })
    expect(status).toBe(101)
    webSocket?.accept()
    webSocket?.close()
  })
})

describe("a request that is rejected", () => {
  it("gets the response of the handler", async () => {
    expect(await refusal(askForUpgrade("/private"))).toEqual([403, "Forbidden"])
    expect(await refusal(askForUpgrade("/items/4"))).toEqual([404, "There is no such item"])
    expect((await refusal(askForUpgrade("/ticks?every=99")))[0]).toBe(400)
    expect((await refusal(askForUpgrade("/subprotocol")))[0]).toBe(400)
  })
})

describe("/private", () => {
  it("accepts a client with the cookie", async () => {
    const line = await dial("/private", { Cookie: "user=alice" })
    expect(await line.send("a").next()).toEqual(["a"])
  })
})

describe("/items/:id", () => {
  it("has its param", async () => {
    const line = await dial("/items/2")
    expect(await line.send("a").next()).toEqual(["item 2: a"])
  })
})

describe("/ticks", () => {
  it.each(["99", "60001", "1e3", "-100", "100.5", "", "a"])("refuses every=%s", async (every) => {
    expect((await refusal(askForUpgrade(`/ticks?every=${every}`)))[0]).toBe(400)
  })
})

describe("subprotocols", () => {
  const select = async (path: string, offered: string) => {
    const { headers, webSocket } = await askForUpgrade(path, { "Sec-WebSocket-Protocol": offered })
    return { selected: headers.get("Sec-WebSocket-Protocol"), line: webSocket && new Line(webSocket) }
  }

  it.each([
    ["chat.v1", "chat.v1"],
    ["chat.v1, chat.v2", "chat.v2"],
    ["other,chat.v1", "chat.v1"],
  ])("of %s the one that the handler prefers", async (offered, expected) => {
    const { selected, line } = await select("/subprotocol", offered)
    expect(selected).toBe(expected)
    expect(await line?.send("a").next()).toEqual([`${expected}: a`])
  })

  it("are rejected if none of them is supported", async () => {
    const refused = askForUpgrade("/subprotocol", { "Sec-WebSocket-Protocol": "chat.v3" })
    expect((await refusal(refused))[0]).toBe(400)
  })

  it("are the first that was offered by default", async () => {
    expect((await select("/echo", "one, two")).selected).toBe("one")
  })

  it("are none if none was offered", async () => {
    const { headers, webSocket } = await askForUpgrade("/echo")
    expect(headers.get("Sec-WebSocket-Protocol")).toBe(null)
    webSocket?.accept()
    webSocket?.close()
  })
})

describe("/handshake", () => {
  it("sets a header and a cookie on the 101", async () => {
    const { headers, webSocket } = await askForUpgrade("/handshake", { "X-Request-Id": "abc" })
    expect(headers.get("X-WebSocket-Trace")).toBe("abc")
    expect(headers.getSetCookie()).toEqual(["ws-demo=connected; HttpOnly"])
    const line = webSocket && new Line(webSocket)
    expect(await line?.send("a").next()).toEqual(["a"])
  })
})

describe("/", () => {
  it("is the page, with the addresses of the handlers", async () => {
    const page = await (await ask("/")).text()
    for (const path of ["echo", "ticks", "items/1"]) expect(page).toContain(`content="wss://example.com/${path}"`)
  })
})
