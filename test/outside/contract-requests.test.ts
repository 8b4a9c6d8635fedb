import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { logSoFar } from "../support/contract.ts"
import { connect } from "../support/ws-client.ts"

/** In a plain Worker every connection is a request of its own, and no request reaches the socket of another. */
describe("a flow that tells the flow of another request (fault 3)", () => {
  const open = async (endpoint: string) => {
    const url = `${inject("contractUrl")}/worker/${endpoint}?id=${randomUUID()}`
    return { victim: await connect(url), offender: await connect(url) }
  }

  it.each(["shares-queue", "ends-queue", "shares-actor"])(
    "%s: fails, and the log names the remedy",
    async (endpoint) => {
      const { offender } = await open(endpoint)
      expect(await offender.send("own").next()).toBe("own")
      expect(await offender.send("all: hello").closed).toEqual({ code: 1011, reason: "" })
      expect(await logSoFar()).toMatch(/"event":"flow failed","route":"\/worker\/:name".*a FlowObject with a hub/)
    },
  )

  it.each(["shares-queue", "ends-queue", "shares-actor"])("%s: does not affect the other", async (endpoint) => {
    const { victim, offender } = await open(endpoint)
    expect(await victim.send("before").next()).toBe("before")
    await offender.send("all: hello").closed
    expect(await victim.send("after", "and again").take(2)).toEqual(["after", "and again"])
    victim.close(4000, "bye")
    expect(await victim.closed).toEqual({ code: 4000, reason: "bye" })
  })

  it("finds a closed queue if the other has ended", async () => {
    const { victim, offender } = await open("shares-queue")
    victim.close(1000)
    await victim.closed
    expect(await offender.send("all: hello").next()).toBe("all: hello")
  })
})
