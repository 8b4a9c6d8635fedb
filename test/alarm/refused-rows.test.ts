import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { causes, newKeepers, object, taken } from "../support/keepers.ts"

beforeEach(newKeepers)
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe("a row that storage refuses (fault 41)", () => {
  const full = (key: string) => {
    object.isFull = (other) => other.startsWith(key)
  }
  const roomy = () => {
    object.isFull = () => false
  }

  it.each([
    ["keeper", "/keeper 2"],
    ["resume", "/resume 2"],
    ["restart", "/restart 2"],
  ])("fails its actor, which has sent nothing, and others continue: %s", async (name, next) => {
    const client = await object.connect(`tell ${name} counter`)
    object.send(client, "a")
    full(`sluice:actor:${name}`)
    object.send(client, "b")
    roomy()
    expect(taken(client)).toEqual([`/${name} 1`, "/counter 1", "/counter 2"])
    await object.evict()
    object.send(client, "c")
    expect(taken(client)).toEqual([next, "/counter 3"])
    expect(causes()[0]).toContain("SQLITE_FULL")
  })

  it("fails its actor at its first message", async () => {
    full("sluice:actor:keeper")
    const client = await object.connect("tell keeper counter")
    object.send(client, "a")
    roomy()
    object.send(client, "b")
    expect(taken(client)).toEqual(["/counter 1", "/keeper 1", "/counter 2"])
  })

  it("fails its shared source, and others get the element", async () => {
    const [client, other] = [await object.connect("shared"), await object.connect("news")]
    full("sluice:graph:")
    object.send(other, "a")
    expect([taken(client), taken(other)]).toEqual([[closed(1011)], ["a"]])
  })

  it("fails its connection, and others get the element", async () => {
    const [client, other] = [await object.connect("scan"), await object.connect("news")]
    full("sluice:spill:")
    const long = "x".repeat(20_000)
    object.send(other, long)
    expect([taken(client), taken(other)]).toEqual([[closed(1011)], [long]])
    object.send(other, "a")
    expect(taken(other)).toEqual(["a"])
  })

  it("leaves the value of its cell unchanged", async () => {
    const [client, other] = [await object.connect("list"), await object.connect("list")]
    object.send(client, "a")
    full("sluice:cell:")
    object.send(client, "b")
    roomy()
    object.send(other, "c")
    expect([taken(client), taken(other)]).toEqual([["list 1", closed(1011)], ["list 2"]])
  })
})
