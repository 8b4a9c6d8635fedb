import { Flow, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { ask, causes, errors, newKeepers, object, setChildDirective, taken } from "../support/keepers.ts"
import { MemoryObject } from "../support/memory-object.ts"

beforeEach(newKeepers)
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe.each(["function", "deep"])("a state with a value that cannot be stored, %s (fault 41)", (value) => {
  const refusal = value === "function" ? /: state.*\.f is a function$/ : /: state.* is nested too deeply$/

  it("fails its actor, which has sent nothing and continues from its stored state; others are saved", async () => {
    const [client, until] = [await object.connect("tell keeper"), await object.connect("until")]
    const both = await object.connect("tell keeper counter")
    object.send(client, "a")
    object.send(both, value)
    expect([taken(client), taken(both), taken(until)]).toEqual([["/keeper 1"], ["/counter 1"], [closed(1011)]])
    object.send(both, "b")
    await object.evict()
    object.send(both, "c")
    expect(taken(both)).toEqual(["/keeper 2", "/counter 2", "/keeper 3", "/counter 3"])
    expect(errors).toEqual([expect.objectContaining({ event: "actor failed", actor: "/keeper" })])
    expect(causes()[0]).toMatch(/^The state of the actor \/keeper must be what structured clone takes, and refs/)
    expect(causes()[0]).toMatch(refusal)
  })

  it.each([
    ["resume", "/resume 2"],
    ["restart", "/restart 1"],
    ["stop", "/stop 1"],
  ])("is up to the supervisor: %s", async (name, next) => {
    const client = await object.connect(`tell ${name}`)
    object.send(client, "a")
    object.send(client, value)
    expect(taken(client)).toEqual([`/${name} 1`])
    expect(object.rows.has(`sluice:actor:${name}`)).toBe(name !== "stop")
    object.send(client, "b")
    await object.evict()
    object.send(client, "c")
    expect(taken(client)).toEqual([next, next.replace(/\d/, (count) => String(Number(count) + 1))])
    expect(causes()[0]).toMatch(refusal)
  })

  it.each([
    ["stop", []],
    ["resume", ["/parent/a 2"]],
    ["restart", ["/parent/a 1"]],
  ] as const)("fails its child actor, and its siblings are saved and told: %s", async (directive, next) => {
    setChildDirective(directive)
    const client = await object.connect("tell parent")
    object.send(client, "a 1,b 1")
    object.send(client, `a ${value},b 2`)
    expect(taken(client)).toEqual(["/parent/a 1", "/parent/b 1", "/parent/b 2"])
    await object.evict()
    object.send(client, "a 2,b 3")
    expect(taken(client)).toEqual([...next, "/parent/b 3"])
    expect(errors).toEqual([expect.objectContaining({ actor: "/parent/a" })])
    expect(causes()[0]).toMatch(refusal)
  })

  it("fails its actor and a child of it in one event: the child stops with it", async () => {
    setChildDirective("restart")
    const client = await object.connect("tell parent")
    object.send(client, "a 1")
    object.send(client, `a ${value},itself ${value}`)
    object.send(client, "a 2")
    expect(taken(client)).toEqual(["/parent/a 1", "/parent/a 2"])
    expect(errors.map(({ actor }) => actor)).toEqual(["/parent"])
  })

  it("does not answer an ask", async () => {
    await expect(ask("a")).resolves.toBe("a")
    await expect(ask(value)).rejects.toThrow("No answer")
    await expect(ask("b")).resolves.toBe("b")
  })

  it("fails its connection, and others get the element", async () => {
    const [client, other] = [await object.connect("scan"), await object.connect("news")]
    object.send(client, "a")
    object.send(client, value)
    expect(taken(client)).toEqual(["listed 1", closed(1011)])
    expect(taken(other)).toEqual(["a", value])
    expect(causes()[0]).toMatch(/^"scan", step \d of the flow, keeps a state that must be what structured clone takes/)
    expect(causes()[0]).toMatch(refusal)
    expect(errors).toHaveLength(1)
  })

  it("fails its shared source with all subscribers, which get no element; the next one starts anew", async () => {
    const clients = [await object.connect("shared"), await object.connect("shared")]
    const other = await object.connect("news")
    object.send(other, "a")
    await object.evict()
    object.send(other, value)
    for (const client of clients) expect(taken(client)).toEqual(["listed 1", closed(1011)])
    expect(taken(other)).toEqual(["a", value])
    expect(causes()[0]).toMatch(
      /^"scan", step \d of the shared source "shared" of Scripted, keeps a state that must be what structured clone takes/,
    )
    expect(causes()[0]).toMatch(refusal)
    const next = await object.connect("shared")
    object.send(other, "b")
    expect(taken(next)).toEqual(["listed 1"])
  })

  it.each(["own", "list"])("is refused by its cell, which keeps its value: %s", async (kind) => {
    const [client, other] = [await object.connect(kind), await object.connect(kind)]
    object.send(client, "a")
    object.send(client, value)
    object.send(other, "b")
    expect(taken(client)).toEqual([`${kind} 1`, closed(1011)])
    expect(taken(other)).toEqual([kind === "own" ? "own 1" : "list 2"])
    expect(causes()).toEqual([
      expect.stringMatching(`^The value of the cell "${kind}" must be what structured clone takes`),
    ])
  })

  it("fails the connection whose cell it was put into in place", async () => {
    const client = await object.connect("mutated")
    object.send(client, value)
    expect(taken(client)).toEqual([closed(1011)])
    expect(causes()).toEqual([expect.stringMatching('^The value of the connection\'s cell "own" must be what')])
  })
})

it("a state is nested at most 1,000 levels deep, so that it can be restored with less stack left (fault 41)", async () => {
  const client = await object.connect("tell keeper")
  object.send(client, "deeper")
  expect(taken(client)).toEqual([])
  expect(causes()).toEqual([expect.stringMatching(/\/keeper must be .*: state is nested too deeply$/)])
  for (const text of ["nested", "a"]) {
    object.send(client, text)
    await object.evict()
  }
  expect(taken(client)).toEqual(["/keeper 1", "/keeper 2"])
})

describe("an actor whose state cannot be stored from the beginning (fault 41)", () => {
  it.each(["broken", "broken-resume"])("fails with each message, and others continue: %s", async (name) => {
    const client = await object.connect(`tell ${name} counter`)
    for (const text of ["a", "b"]) object.send(client, text)
    expect(taken(client)).toEqual(["/counter 1", "/counter 2"])
    await object.evict()
    object.send(client, "c")
    expect(taken(client)).toEqual(["/counter 3"])
    expect(errors.length).toBeLessThan(10)
    expect(causes()[0]).toContain(`The state of the actor /${name} must be`)
  })
})

/** Can be made once. */
class Unique extends Actor<string> {
  static count = 0
  override state: unknown = undefined

  constructor() {
    super()
    if (++Unique.count > 1) throw new Error("There is one already")
  }

  receive() {
    this.state = () => this.state
  }
}

it("an actor without a stored state whose constructor fails when it is rolled back affects no connection", async () => {
  class House extends FlowObject {
    private readonly unique = this.actor("unique", Props.of(Unique))

    protected accept() {
      const counted = Flow.of<string>().scan(0, (count) => count + 1)
      return webSocket.endpoint(
        text,
        counted.drop(1).map((count) => {
          this.unique.tell("message")
          return String(count)
        }),
      )
    }
  }
  const house = new MemoryObject(House)
  const client = await house.connect()
  for (const text of ["a", "b"]) house.send(client, text)
  expect(client.received).toEqual(["1", "2"])
})
