import { describe, expect, it } from "vitest"
import { webSocketClientFlow } from "../../src/socket/client-flow.ts"
import { text } from "../../src/socket/codec.ts"
import { Flow } from "../../src/stream/flow.ts"
import { RestartFlow } from "../../src/stream/restart-flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { settled } from "../../src/testing/settled.ts"
import { closed, connect } from "../support/client.ts"
import { backoff, dialed } from "../support/dialed-upstream.ts"
import { FakeUpstream } from "./fake-upstream.ts"

describe.each(["onFailuresWithBackoff", "withBackoff"] as const)(
  "a webSocketClientFlow in RestartFlow.%s",
  (restart) => {
    const restarting = () => {
      const upstream = new FakeUpstream()
      const flow = () => webSocketClientFlow("ws://upstream.example", text, { fetch: upstream.fetch })
      return { upstream, probe: Probe.flow(() => RestartFlow[restart](backoff, flow)) }
    }

    it("connects again after each failure: a close, and a message that cannot be encoded", async () => {
      const { upstream, probe } = restarting()
      probe.unbounded()
      ;(await upstream.accept()).end(4001)
      probe.advance(1_000)
      await upstream.accept()
      probe.send(7 as never).advance(2_000)
      await settled()
      expect([probe.ended, probe.cancelled, upstream.attempts]).toEqual([undefined, undefined, 3])
    })

    it("emits the messages from before the failure first", async () => {
      const { upstream, probe } = restarting()
      const socket = await upstream.accept()
      socket.receive("a").receive("b").end(4001)
      expect(probe.request(1).received).toEqual(["a"])
      probe.unbounded().advance(1_000)
      ;(await upstream.accept()).receive("c")
      expect(probe.received).toEqual(["a", "b", "c"])
    })
  },
)

describe("the failure of a webSocketClientFlow", () => {
  it("fails a flow that has it in a side branch", async () => {
    const { upstream, flow } = dialed()
    const client = connect(text, Flow.of<string>().alsoTo(flow().to(Sink.ignore())))
    ;(await upstream.accept()).end(4001, "kicked")
    expect(client.received).toEqual([closed(4001, "kicked")])
  })

  it("comes after the messages from before it, beside a side branch", async () => {
    const { upstream, flow } = dialed()
    const paced = Flow.of<string>().alsoTo(Sink.ignore()).via(flow()).throttle(1, "1 second")
    const client = connect(text, paced)
    ;(await upstream.accept()).receive("a").receive("b").receive("c").end(4001, "kicked")
    // A failure overtakes elements that a stage holds: here the last message, in the throttle.
    expect(client.advance(5_000).received).toEqual(["a", "b", closed(4001, "kicked")])
  })

  it("takes no more messages meanwhile, and cancels its input with it", async () => {
    const { upstream, probe } = dialed({ limits: { slowReader: "dropNew" } })
    const socket = await upstream.accept()
    socket.receive("a").end(4001)
    probe.send("too late")
    expect([probe.demand, probe.cancelled, socket.sent]).toEqual([false, undefined, []])
    expect(probe.unbounded().cancelled).toEqual({ cause: expect.objectContaining({ code: 4001 }) })
  })

  it("is recovered from by a later stage, and not logged: a message that cannot be encoded", async () => {
    const { upstream, flow } = dialed()
    const dialing = Flow.of<string>()
      .map((message) => (message === "bad" ? (7 as never) : message))
      .via(flow())
      .recover(() => "sorry")
      .delay(100)
    const client = connect(text, dialing)
    const socket = await upstream.accept()
    client.send("bad").advance(100)
    expect(client.received).toEqual(["sorry", closed(1000)])
    expect([client.errors, socket.closedWith]).toEqual([[], [1011, ""]])
  })
})
