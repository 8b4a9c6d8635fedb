import { describe, expect, it } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import { binary, messages, text } from "../../src/socket/codec.ts"
import { type EndpointOptions, endpointOf } from "../../src/socket/endpoint.ts"
import { json } from "../../src/socket/json.ts"
import { Message } from "../../src/socket/message.ts"
import { webSocket } from "../../src/socket/web-socket.ts"
import { Flow } from "../../src/stream/flow.ts"

const flow = Flow.of<string>()
const endpoint = (options: EndpointOptions) => endpointOf(text, flow, options)
/** A value that TypeScript would refuse. */
const mistyped = (value: unknown) => value as never

describe("a frame that is sent without its flow, as to a hibernating socket", () => {
  const same = <T>(codec: T) => codec

  it("is the codec's frame of the element", () => {
    expect(endpoint({}).direct.frame("a", same)).toBe("a")
    expect(endpointOf(json(), Flow.of(), {}).direct.frame([1], same)).toBe("[1]")
    expect(endpointOf(messages, Flow.of(), {}).direct.frame(Message.close(4000), same)).toEqual(Message.close(4000))
  })

  it("has U+FFFD in the place of half a surrogate pair (fault 2)", () => {
    expect(endpoint({}).direct.frame("\ud83d", same)).toBe("\ufffd")
  })

  it("is refused for an element that the codec cannot encode (fault I)", () => {
    expect(() => endpoint({}).direct.frame(7, same)).toThrow(/^text sends strings, and the flow emitted a number \(7\)/)
    expect(() => endpointOf(binary, Flow.of(), {}).direct.frame("a", same)).toThrow(TypeError)
  })

  it("is made by the shared codec", () => {
    const shout = text.contramap((element: string) => element.toUpperCase())
    expect(endpoint({}).direct.frame("a", () => mistyped(shout))).toBe("A")
  })
})

describe("an option that does not exist", () => {
  const known =
    "limits, autoResponse, batch, closeCodes, version, resume, onError, logger, metrics, subprotocol, headers, cookies, compression"

  it("is refused, of an endpoint", () => {
    const error = new TypeError(`There is no endpoint option "limit": there are ${known}`)
    expect(() => endpoint(mistyped({ limit: {} }))).toThrow(error)
    expect(() => webSocket.accept(text, () => flow, mistyped({ limit: {} }))).toThrow(error)
    expect(() => webSocket.acceptOrResult(text, () => flow, mistyped({ limit: {} }))).toThrow(error)
    expect(() => endpoint(mistyped({ toString: () => "" }))).toThrow(TypeError)
  })

  it("is refused, of its options and of webSocketClientFlow", () => {
    expect(() => endpoint({ resume: mistyped({ within: "1 minute", durabel: true }) })).toThrow(
      new TypeError('There is no resume option "durabel": there are within, durable'),
    )
    expect(() => endpoint({ closeCodes: mistyped({ overload: 4013 }) })).toThrow(
      new TypeError('There is no close code "overload": there are overloaded, restarted'),
    )
    expect(() => webSocketClientFlow("ws://localhost", text, mistyped({ limit: {} }))).toThrow(
      /^There is no webSocketClientFlow option "limit": there are /,
    )
  })

  it("may be undefined", () => {
    const unset = mistyped({ limit: undefined })
    const resume = mistyped({ within: 1, limit: undefined })
    expect(() => endpoint(unset)).not.toThrow()
    expect(() => endpoint({ limits: unset, resume, closeCodes: unset })).not.toThrow()
    expect(() => webSocketClientFlow("ws://localhost", text, unset)).not.toThrow()
  })
})

describe("the options of an endpoint", () => {
  it("have a version that goes into the fingerprint, a string or a number (fault 10)", () => {
    expect(endpoint({}).version).toBe(undefined)
    for (const version of ["v2", 2, 0, ""]) expect(endpoint({ version }).version).toBe(version)
    for (const version of [null, Number.NaN, {}, true, 2n]) {
      const error = /^The version of an endpoint is .*: it must be a string or a number$/
      expect(() => endpoint({ version: mistyped(version) })).toThrow(error)
    }
  })

  it("have an auto-response of two strings, which leave well-formed (faults 2 and I)", () => {
    expect(endpoint({}).autoResponse).toBe(undefined)
    const halves = endpoint({ autoResponse: { request: "\ud83d?", response: "\ude00!" } })
    expect(halves.autoResponse).toEqual({ request: "\ufffd?", response: "\ufffd!" })
    expect(() => endpoint({ autoResponse: mistyped("ping") })).toThrow(
      /^autoResponse is "ping": it must be two strings/,
    )
    expect(() => endpoint({ autoResponse: mistyped({ request: "ping" }) })).toThrow(TypeError)
    for (const half of [
      { request: "ping", response: 1 },
      { request: 1, response: "pong" },
    ]) {
      expect(() => endpoint({ autoResponse: mistyped(half) })).toThrow(
        /^autoResponse is an object \(request, response\)/,
      )
    }
  })

  it("are those of the handshake, too", () => {
    const options = {
      subprotocol: "a",
      headers: { "X-Own": "1" },
      cookies: { a: "b" },
      compression: false,
      batch: true,
    }
    expect(endpoint(options)).toMatchObject(options)
  })

  it("list the steps of the flow, made anew each time", () => {
    const { steps } = endpointOf(
      text,
      Flow.of<string>()
        .map((m) => m)
        .take(2),
      {},
    )
    expect(steps().map(({ name }) => name)).toEqual(["map", "take"])
    expect(steps()).toEqual(steps())
  })
})
