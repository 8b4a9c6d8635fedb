import { describe, expect, inject, it } from "vitest"
import { logSoFar, Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { connect } from "../support/ws-client.ts"

/** `RawClient.rest` answers only when the TCP connection has ended: so each of these tests checks that it has ended. */
describe.each(targets)("a client that ends on the $name target", ({ path }) => {
  const start = async (endpoint: string) => {
    const observer = await Observer.start()
    return { observer, client: await RawClient.connect(observer.url(`${path}/${endpoint}`)) }
  }

  const closes = [
    { code: 1000, reason: "" },
    { code: 1000, reason: "bye" },
    { code: 1001, reason: "going away" },
    { code: 3000, reason: "Füße" },
    { code: 4999, reason: "x".repeat(123) },
  ]

  describe.each(closes)("row 8: a client that closes with $code $reason", ({ code, reason }) => {
    it("gets the same back, once, and a messages flow sees it, then its completion", async () => {
      const { observer, client } = await start("messages")
      client.send(frame.text("hi"), frame.close(code, reason))
      expect(await client.rest()).toEqual([frame.text("hi"), frame.close(code, reason)])
      expect(await observer.take(3)).toEqual([
        'flow: {"type":"text","text":"hi"}',
        `flow: ${JSON.stringify({ type: "close", code, reason })}`,
        "flow: completed",
      ])
      expect(await observer.rest()).toEqual([])
    })
  })

  it("row 8: a typed flow sees only its completion", async () => {
    const { observer, client } = await start("text")
    client.send(frame.text("hi"), frame.close(4000, "bye"))
    expect(await client.rest()).toEqual([frame.text("hi"), frame.close(4000, "bye")])
    expect(await observer.take(2)).toEqual(["flow: hi", "flow: completed"])
    expect(await observer.rest()).toEqual([])
  })

  it("row 8: a library's client gets its code and reason back too", async () => {
    const client = await connect(`${inject("contractUrl")}${path}/text`)
    client.close(4000, "bye")
    expect(await client.closed).toEqual({ code: 4000, reason: "bye" })
  })

  it("row 8: nothing is sent to a client that has closed", async () => {
    const { client } = await start("text")
    client.send(frame.close(1000), frame.text("too late"))
    expect(await client.rest()).toEqual([frame.close(1000)])
  })

  it("row 8: the answer to a close does not wait for a busy flow", async () => {
    const { observer, client } = await start("inbox")
    client.send(frame.text("1"), frame.text("2"), frame.close(1000))
    expect(await client.rest()).toEqual([frame.close(1000)])
    expect(await observer.rest()).toEqual(["arrived: 1", "arrived: 2"])
  })

  describe("row 8a: a client whose close has a code that must not be on the wire (fault 19)", () => {
    const codes = [0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 65_535]

    it.each(codes)(
      "row 8a: %i is 1002 to the flow and in the answer: no client can pretend to have vanished",
      async (code) => {
        const { observer, client } = await start("messages")
        client.send(frame.text("hi"), frame.close(code, "?"))
        expect(await client.rest()).toEqual([frame.text("hi"), frame.close(1002)])
        expect(await observer.take(3)).toEqual([
          'flow: {"type":"text","text":"hi"}',
          'flow: {"type":"close","code":1002,"reason":"?"}',
          "flow: completed",
        ])
        expect(await observer.rest()).toEqual([])
      },
    )

    it("row 8a: 1005 with a reason is no close without a code", async () => {
      const { observer, client } = await start("messages")
      client.send(frame.close(1005, "?"))
      expect(await client.rest()).toEqual([frame.close(1002)])
      expect(await observer.next()).toBe('flow: {"type":"close","code":1002,"reason":"?"}')
    })

    it("row 8a: a typed flow sees only its completion", async () => {
      const { observer, client } = await start("text")
      client.send(frame.close(1006))
      expect(await client.rest()).toEqual([frame.close(1002)])
      expect(await observer.rest()).toEqual(["flow: completed"])
    })
  })

  it("row 9: a close without a code gets a close without a code, and a messages flow sees 1005", async () => {
    const { observer, client } = await start("messages")
    client.send(frame.close())
    expect(await client.rest()).toEqual([frame.close()])
    expect(await observer.take(2)).toEqual(['flow: {"type":"close","code":1005,"reason":""}', "flow: completed"])
    expect(await observer.rest()).toEqual([])
  })

  it("row 9: a typed flow sees only its completion", async () => {
    const { observer, client } = await start("text")
    client.send(frame.close())
    expect(await client.rest()).toEqual([frame.close()])
    expect(await observer.next()).toBe("flow: completed")
    expect(await observer.rest()).toEqual([])
  })

  describe.each(["destroy", "resetAndDestroy", "end"] as const)("row 10: a connection that drops (%s)", (drop) => {
    it("is a close with 1006 to a messages flow, then its completion", async () => {
      const { observer, client } = await start("messages")
      await client.send(frame.text("hi")).next()
      client.socket[drop]()
      expect(await observer.take(3)).toEqual([
        'flow: {"type":"text","text":"hi"}',
        'flow: {"type":"close","code":1006,"reason":""}',
        "flow: completed",
      ])
      expect(await observer.rest()).toEqual([])
    })

    it("is only the completion to a typed flow", async () => {
      const { observer, client } = await start("text")
      await client.send(frame.text("hi")).next()
      client.socket[drop]()
      expect(await observer.take(2)).toEqual(["flow: hi", "flow: completed"])
      expect(await observer.rest()).toEqual([])
    })
  })

  it("row 10: nothing is written to a connection that has dropped", async () => {
    const { observer, client } = await start("messages")
    client.socket.end()
    // workerd ends the remaining half when it evicts the object.
    expect(await client.rest()).toEqual([])
    expect(await observer.take(2)).toEqual(['flow: {"type":"close","code":1006,"reason":""}', "flow: completed"])
  })

  it("row 10: nothing rejects later", async () => {
    const { observer, client } = await start("messages")
    client.socket.destroy()
    await observer.take(2)
    // Uncaught in an object are errors of its accept, before they reach the route (row 23, and an endpoint that does not exist), and its
    // abort (row 52).
    const expected = /The subprotocol|There is no endpoint|The test wants it/
    const uncaught = (await logSoFar()).split("\n").filter((line) => /uncaught/i.test(line) && !expected.test(line))
    expect(uncaught).toEqual([])
    expect(await observer.rest()).toEqual([])
  })

  describe("row 11: when the application has closed first", () => {
    const answers = [
      { how: "answers with the same close", end: (client: RawClient) => client.send(frame.close(4001, "done")) },
      { how: "answers without a code", end: (client: RawClient) => client.send(frame.close()) },
      { how: "drops the connection", end: (client: RawClient) => client.socket.end() },
    ]

    it.each(answers)("and the client $how, the flow sees neither 1005 nor 1006", async ({ end }) => {
      const { observer, client } = await start("close-message")
      client.send(frame.text("4001 done"))
      expect(await client.take(2)).toEqual([frame.text("last"), frame.close(4001, "done")])
      end(client)
      expect(await client.rest()).toEqual([])
      const once = expect.stringMatching(/^flow: (completed|cancelled)$/)
      expect(await observer.rest()).toEqual(['flow: {"type":"text","text":"4001 done"}', once])
    })
  })
})
