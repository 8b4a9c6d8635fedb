import { describe, expect, it } from "vitest"
import { closed } from "../support/client.ts"
import { dial } from "../support/dial.ts"

describe("/close", () => {
  it.each([1000, 1001, 1008, 1011, 1014, 3000, 4999])("closes with %i", async (code) => {
    const line = await dial("/close")
    expect(await line.send(`${code} a reason`).next()).toEqual([closed(code, "a reason")])
  })

  it("closes without a reason if none is given", async () => {
    const line = await dial("/close")
    expect(await line.send("4000").next()).toEqual([closed(4000)])
  })

  it("cuts a reason between characters", async () => {
    const line = await dial("/close")
    expect(await line.send(`4000 ${"é".repeat(100)}`).next()).toEqual([closed(4000, "é".repeat(61))])
  })

  it.each(["1005 not me", "1006", "2999", "999", "5000", "hello", ""])("refuses %j", async (message) => {
    const line = await dial("/close")
    const refused = closed(1003, "Send a close code that may be sent, a space and a reason")
    expect(await line.send(message).next()).toEqual([refused])
  })

  it("closes once, and takes no message afterwards", async () => {
    const line = await dial("/close")
    expect(await line.send("4000", "4001", "4002").next()).toEqual([closed(4000)])
  })
})

describe("a client that closes", () => {
  it.each([
    [1000, "bye"],
    [3000, ""],
    [4999, "é".repeat(61)],
  ])("with %i gets it back", async (code, reason) => {
    const line = await dial("/echo")
    expect(await line.send("a").next()).toEqual(["a"])
    expect(await line.close(code, reason).next()).toEqual([closed(code, reason)])
  })

  it("without a code gets none", async () => {
    const line = await dial("/echo")
    expect(await line.close().next()).toEqual([closed(1005)])
  })
})
