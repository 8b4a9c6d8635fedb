import { describe, expect, it } from "vitest"
import { type Handshake, handshakeHeaders, offeredSubprotocols, onTopOf } from "../../src/socket/handshake.ts"

const offering = (...protocols: string[]) =>
  new Request("http://localhost", { headers: { "Sec-WebSocket-Protocol": protocols.join(", ") } })
const plain = new Request("http://localhost")

const headersOf = (handshake: Handshake & { batch?: boolean }, request = plain) =>
  Object.fromEntries(handshakeHeaders(request, handshake))
const selected = (handshake: Handshake & { batch?: boolean }, ...offer: string[]) =>
  handshakeHeaders(offering(...offer), handshake).get("Sec-WebSocket-Protocol")

describe("the subprotocol of a handshake", () => {
  it("is the first offered one by default", () => {
    expect(selected({}, "a", "b")).toBe("a")
    expect(selected({ subprotocol: undefined }, "a", "b")).toBe("a")
  })

  it("is the selected one, which must be offered", () => {
    expect(selected({ subprotocol: "b" }, "a", "b")).toBe("b")
    expect(() => selected({ subprotocol: "c" }, "a", "b")).toThrow('"c" was selected, but the client offered: a, b')
    expect(() => headersOf({ subprotocol: "c" })).toThrow("offered: none")
  })

  it.each([null, ""])("is none where %j is selected (fault 24)", (subprotocol) => {
    expect(selected({ subprotocol }, "a", "b")).toBe(null)
    expect(headersOf({ subprotocol })).toEqual({})
  })

  it("is none of Sluice's by default (fault 46)", () => {
    expect(selected({}, "sluice.batch", "a")).toBe("a")
    expect(selected({}, "sluice.batch", "sluice.1")).toBe(null)
    expect(selected({}, "sluices")).toBe("sluices")
  })

  it("is one of Sluice's only for an endpoint that has switched it on (fault 46)", () => {
    const headers = handshakeHeaders(offering("a", "sluice.batch"), {}, "sluice.batch")
    expect(headers.get("Sec-WebSocket-Protocol")).toBe("sluice.batch")
    const select = () => selected({ subprotocol: "sluice.batch" }, "a", "sluice.batch")
    expect(select).toThrow(
      'The subprotocol "sluice.batch" is Sluice\'s own: options such as batch and resume select it',
    )
  })
})

describe("the subprotocols that a client offers", () => {
  it("are those of its header, in order, without Sluice's own (fault 46)", () => {
    expect(offeredSubprotocols(offering("b", " a ", "", "sluice.batch", "b"))).toEqual(["b", "a", "b"])
    expect(offeredSubprotocols(plain)).toEqual([])
  })
})

const reserved = {
  Connection: "close",
  Upgrade: "h2c",
  "Content-Length": "7",
  "Transfer-Encoding": "chunked",
  "Sec-WebSocket-Accept": "forged",
  "sec-websocket-protocol": "forged",
  "Sec-WebSocket-Extensions": "forged",
  "SEC-WEBSOCKET-ANYTHING": "forged",
}

describe("the headers of a handshake", () => {
  it("are the author's, without those that belong to the runtime (fault 4)", () => {
    expect(headersOf({ headers: { ...reserved, "X-Own": "mine" } })).toEqual({ "x-own": "mine" })
  })

  it("are added to earlier ones, without those that belong to the runtime (fault 4)", () => {
    const before = new Headers({ ...reserved, "X-Before": "before", "X-Both": "before" })
    const own = handshakeHeaders(offering("a"), { headers: { "X-Both": "own" }, compression: false })
    expect(Object.fromEntries(onTopOf(before, own))).toEqual({
      "x-before": "before",
      "x-both": "own",
      "sec-websocket-protocol": "a",
      "sec-websocket-extensions": "identity",
    })
  })

  it("have every cookie, earlier ones too", () => {
    const cookies = { plain: "a b", guarded: { value: "x", httpOnly: true, path: "/" } }
    const before = new Headers([["Set-Cookie", "before=1"]])
    const headers = onTopOf(before, handshakeHeaders(plain, { headers: { "Set-Cookie": "own=1" }, cookies }))
    expect(headers.getSetCookie()).toEqual(["before=1", "own=1", "plain=a%20b", "guarded=x; Path=/; HttpOnly"])
  })

  it("have no compression header by default", () => {
    expect(headersOf({})).toEqual({})
    expect(headersOf({ compression: true })).toEqual({})
    expect(headersOf({ compression: false })).toEqual({ "sec-websocket-extensions": "identity" })
  })
})
