import { afterEach, describe, expect, it, vi } from "vitest"
import { type Codec, text } from "../../src/socket/codec.ts"
import { endpointOf } from "../../src/socket/endpoint.ts"
import { json } from "../../src/socket/json.ts"
import type { JsonValue } from "../../src/socket/json-value.ts"
import { type Metrics, metrics } from "../../src/socket/metrics.ts"
import { Flow } from "../../src/stream/flow.ts"
import { jsonLogger, type LogEntry, log, setLogger } from "../../src/stream/logger.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

const methods = ["debug", "log", "info", "warn", "error"] as const

/** Everything that goes to the console. */
function listen(): unknown[][] {
  const lines: unknown[][] = []
  for (const method of methods)
    vi.spyOn(console, method).mockImplementation((...line) => void lines.push([method, ...line]))
  return lines
}

/** The lines, parsed. */
const parsed = (lines: unknown[][]) => lines.map(([method, line]) => [method, JSON.parse(String(line))])

afterEach(() => {
  vi.restoreAllMocks()
  setLogger(jsonLogger)
})

describe("a log entry", () => {
  it("is one line of JSON for each entry", () => {
    const lines = listen()
    log({ level: "error", event: "flow failed", route: "/chat", connection: "7", code: 1011 })
    log({ level: "warn", event: "two\nlines", count: 3 })
    expect(lines.map((line) => line.length)).toEqual([2, 2])
    expect(lines.flat().join("")).not.toContain("\n")
    expect(parsed(lines)).toEqual([
      ["error", { level: "error", event: "flow failed", route: "/chat", connection: "7", code: 1011 }],
      ["warn", { level: "warn", event: "two\nlines", count: 3 }],
    ])
  })

  it("is not printed at the level info", () => {
    const lines = listen()
    log({ level: "info", event: "closed", code: 1000 })
    expect(lines).toEqual([])
  })

  it("has the name, the message, the stack and the cause of an error", () => {
    const lines = listen()
    const cause = new Error("It broke", { cause: new TypeError("A part was missing") })
    log({ level: "error", event: "flow failed", cause })
    expect(parsed(lines)).toEqual([
      [
        "error",
        {
          level: "error",
          event: "flow failed",
          cause: {
            name: "Error",
            message: "It broke",
            stack: expect.stringContaining("logger.test.ts"),
            cause: expect.objectContaining({ name: "TypeError", message: "A part was missing" }),
          },
        },
      ],
    ])
  })

  const round = new Error("round")
  round.cause = round
  const ring: Record<string, unknown> = {}
  ring.ring = ring

  it.each([
    ["a text", "It broke"],
    ["nothing", undefined],
    ["a bigint", 1n],
    ["an error that causes itself", round],
    ["an object that is part of itself", ring],
    ["an object without a prototype", Object.create(null)],
    ["a function", () => {}],
    ["a symbol", Symbol("s")],
  ])("is one line for any thrown value: %s", (_, cause) => {
    const lines = listen()
    log({ level: "error", event: "flow failed", cause })
    expect(parsed(lines)).toEqual([["error", expect.objectContaining({ event: "flow failed" })]])
  })

  it("goes to the logger of setLogger at any level, and not to the console", () => {
    const lines = listen()
    const entries: LogEntry[] = []
    setLogger((entry) => entries.push(entry))
    for (const level of ["info", "warn", "error"] as const) log({ level, event: "something" })
    expect(entries.map(({ level }) => level)).toEqual(["info", "warn", "error"])
    expect(lines).toEqual([])
  })
})

describe("an endpoint", () => {
  const identity = { route: "/chat/:id", id: "7" }
  const socket = { send() {}, close() {} }
  /** The entries about a connection until it is closed. */
  function logged(endpoint: ReturnType<typeof endpointOf>, message: string): LogEntry[] {
    const entries: LogEntry[] = []
    setLogger((entry) => entries.push(entry))
    const connection = endpoint.connection(socket, new TestClock(), identity)
    connection.open()
    connection.onMessage(message)
    connection.onPeerClose(4000, "a secret reason")
    return entries
  }
  const about = { route: "/chat/:id", connection: "7" }

  it("logs the close of a connection at the level info, without the client's reason", () => {
    const flow = Flow.of<string>()
    expect(logged(endpointOf(text, flow, {}), "a secret")).toEqual([
      { level: "info", event: "closed", ...about, code: 4000 },
    ])
  })

  it("logs nothing of a refused message", () => {
    const entries = logged(endpointOf(json(), Flow.of<JsonValue>(), {}), "a secret")
    expect(entries).toEqual([{ level: "info", event: "closed", ...about, code: 1003 }])
  })

  it("logs the error of a flow that fails, which is the author's", () => {
    const cause = new Error("It broke")
    const flow = Flow.of<string>().map((): string => {
      throw cause
    })
    expect(logged(endpointOf(text, flow, {}), "a secret")).toEqual([
      { level: "info", event: "closed", ...about, code: 1011 },
      { level: "error", event: "flow failed", ...about, code: 1011, cause },
    ])
  })

  it("leaves the error to its onError if it has one", () => {
    const errors: unknown[] = []
    const flow = Flow.of<string>().map((): string => {
      throw new Error("It broke")
    })
    const entries = logged(endpointOf(text, flow, { onError: (error) => errors.push(error) }), "a secret")
    expect(entries.map(({ event }) => event)).toEqual(["closed"])
    expect(errors).toEqual([new Error("It broke")])
  })

  it("counts the errors of a codec apart from its CloseErrors, and logs neither", () => {
    const own = new Map<string, Metrics>()
    const levels = (codec: Codec<JsonValue, JsonValue>) =>
      logged(endpointOf(codec, Flow.of<JsonValue>(), { metrics: own }), "{").map(({ level }) => level)
    const throwing = text.map((message): JsonValue => JSON.parse(message)).contramap(String)
    expect([levels(json()), levels(throwing), levels(throwing)]).toEqual([["info"], ["info"], ["info"]])
    expect(own.get(identity.route)).toMatchObject({ decodeErrors: 3, codecErrors: 2 })
  })

  it("logs to its own logger, and not to that of setLogger", () => {
    const own: LogEntry[] = []
    const entries = logged(endpointOf(text, Flow.of<string>(), { logger: (entry) => void own.push(entry) }), "a")
    expect(entries).toEqual([])
    expect(own).toEqual([{ level: "info", event: "closed", ...about, code: 4000 }])
  })

  it("counts in its own map, and not in that of the Worker", () => {
    const own = new Map<string, Metrics>()
    const before = metrics().get(identity.route)?.opened
    logged(endpointOf(text, Flow.of<string>(), { metrics: own }), "a")
    expect(own.get(identity.route)).toMatchObject({ opened: 1, messagesIn: 1, messagesOut: 1 })
    expect(metrics().get(identity.route)?.opened).toBe(before)
  })

  it("refuses a logger that is no function, and metrics that are no map", () => {
    expect(() => endpointOf(text, Flow.of<string>(), { logger: console as never })).toThrow(
      /^The logger of an endpoint is .*: it must be a function of a log entry/,
    )
    expect(() => endpointOf(text, Flow.of<string>(), { metrics: {} as never })).toThrow(
      /^The metrics of an endpoint are .*: they must be a map/,
    )
  })
})
