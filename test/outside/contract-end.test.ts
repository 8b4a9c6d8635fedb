import { describe, expect, inject, it } from "vitest"
import { logSoFar, Observer, targets } from "../support/contract.ts"
import { frame, RawClient } from "../support/raw-client.ts"
import { logged } from "../support/worker-log.ts"
import { connect } from "../support/ws-client.ts"

/** The end of a WebSocket by a flow that completes, cancels, closes or fails. */
describe.each(targets)("a flow that ends on the $name target", ({ path }) => {
  const urlOf = (endpoint: string) => `${inject("contractUrl")}${path}/${endpoint}`

  describe("row 4: a flow that completes", () => {
    it("loses no emitted message, and closes with 1000", async () => {
      const client = await RawClient.connect(urlOf("completes"))
      const numbers = Array.from({ length: 1000 }, (_, index) => frame.text(String(index + 1)))
      const frames = [...numbers, frame.close(1000)]
      expect(await client.take(frames.length)).toEqual(frames)
      // Where a client has sent no message, workerd ends the TCP connection only when it evicts the object.
      expect(await client.send(frame.close(1000)).rest()).toEqual([])
    })

    it("answers the messages before its end, and none after it", async () => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/take-two`))
      client.send(frame.text("1"), frame.text("2"), frame.text("3"), frame.close(1000))
      expect(await client.rest()).toEqual([frame.text("1"), frame.text("2"), frame.close(1000)])
      expect(await observer.rest()).toEqual(["flow: 1", "flow: 2", "flow: cancelled"])
    })
  })

  describe("row 5: a flow that cancels its input", () => {
    it("closes with 1000 after its emitted messages", async () => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/sink-is-done`))
      client.send(frame.text("1"), frame.text("2"))
      expect(await client.take(2)).toEqual([frame.text("hello"), frame.close(1000)])
      expect(await client.send(frame.close(1000)).rest()).toEqual([])
      expect(await observer.rest()).toEqual(["flow: 1", "flow: cancelled"])
    })

    it("closes with 1000 although it never had demand", async () => {
      const client = await RawClient.connect(urlOf("cancelled"))
      expect(await client.next()).toEqual(frame.close(1000))
    })
  })

  describe("row 6: a close of the flow's own", () => {
    it.each([
      ["close-message", [frame.text("last"), frame.close(4001, "done")]],
      ["close-error", [frame.close(4001, "done")]],
    ])("%s: is sent once, with nothing after it, and the input stops", async (endpoint, expected) => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/${endpoint}`))
      client.send(frame.text("4001 done"), frame.text("too late"))
      expect(await client.take(expected.length)).toEqual(expected)
      client.send(frame.text("much too late"), frame.close(4001, "done"))
      expect(await client.rest()).toEqual([])
      const [first, end, ...others] = await observer.rest()
      expect(first).toContain("4001 done")
      expect(end).toMatch(/^flow: (completed|cancelled|failed)/)
      expect(others).toEqual([])
    })

    it("is no error to log", async () => {
      const client = await connect(urlOf("close-error"))
      const close = { code: 4001, reason: "not worth a line in the log" }
      expect(await client.send(`${close.code} ${close.reason}`).closed).toEqual(close)
      expect(await logSoFar()).not.toMatch(new RegExp(`not worth a line|${path}/close-error failed`))
    })
  })

  describe("row 7: a flow that fails", () => {
    it("has not failed where a later stage recovers: closes with 1000 after that stage's elements", async () => {
      const client = await RawClient.connect(urlOf("recovers"))
      client.send(frame.text("fine"), frame.text("fail"), frame.text("too late"))
      expect(await client.take(3)).toEqual([frame.text("fine"), frame.text("sorry"), frame.close(1000)])
    })

    it("closes with 1011 and an empty reason after its emitted messages", async () => {
      const observer = await Observer.start()
      const client = await RawClient.connect(observer.url(`${path}/fails`))
      client.send(frame.text("fine"), frame.text("fail"), frame.text("too late"))
      expect(await client.take(2)).toEqual([frame.text("fine"), frame.close(1011)])
      client.send(frame.text("much too late"), frame.close(1011))
      expect(await client.rest()).toEqual([])
      expect(await observer.rest()).toEqual([
        "flow: fine",
        "flow: fail",
        "flow: failed Error: It broke (TypeError: A part was missing)",
      ])
    })

    it("calls the endpoint's onError once, with the cause", async () => {
      const observer = await Observer.start()
      const client = await connect(observer.url(`${path}/fails-noted`))
      client.send("fail", "fail")
      expect(await client.closed).toEqual({ code: 1011, reason: "" })
      expect(await observer.rest()).toEqual(["onError: Error: It broke (TypeError: A part was missing)"])
    })

    it("is logged once, with the cause", async () => {
      const client = await connect(urlOf("fails-once"))
      await client.send("fail once", "fail once").closed
      const line = `"event":"flow failed","route":"${path}/:name".*"message":"It broke once".*"A part was missing"`
      await logged(inject("contractLog"), new RegExp(line))
      expect((await logSoFar()).match(new RegExp(line, "g"))).toHaveLength(1)
    })

    it("touches no other connection", async () => {
      const [other, failing] = [await connect(urlOf("fails")), await connect(urlOf("fails"))]
      failing.send("fail")
      await failing.closed
      expect(await other.send("still here").next()).toBe("still here")
    })
  })

  describe("row 20: codes that must not be sent", () => {
    it("are a RangeError when the message or the CloseError is made", async () => {
      const client = await connect(urlOf("may-be-sent"))
      const forbidden = ["0", "999", "1004", "1005", "1006", "1015", "1016", "2999", "5000", "1000.5", "NaN"]
      expect(await client.send(...forbidden).take(forbidden.length)).toEqual(
        forbidden.map(() => "RangeError RangeError"),
      )
      const allowed = ["1000", "1001", "1003", "1007", "1011", "1014", "3000", "4999"]
      expect(await client.send(...allowed).take(allowed.length)).toEqual(allowed.map(() => "yes yes"))
    })

    it("fail the flow", async () => {
      const client = await connect(urlOf("close-error"))
      expect(await client.send("1005 none").closed).toEqual({ code: 1011, reason: "" })
    })

    it("fail the flow that forwards the close of another connection", async () => {
      const client = await connect(urlOf("forwarded-close"))
      expect(await client.send("hi").closed).toEqual({ code: 1011, reason: "" })
    })
  })

  it.each([
    ["two", "é".repeat(61)],
    ["three", "東".repeat(41)],
    ["four", "😀".repeat(30)],
  ])("row 21: a reason over 123 bytes is cut between characters of %s bytes", async (_, kept) => {
    const client = await connect(urlOf("close-error"))
    const [character] = kept
    client.send(`4000 ${kept}${character}${character}`)
    expect(await client.closed).toEqual({ code: 4000, reason: kept })
  })
})
