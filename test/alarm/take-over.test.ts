import { Flow, Sink, text, webSocket } from "sluice"
import { Actor, Props } from "sluice/actor"
import { type ConnectionInfo, FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"

const within = "1 minute"

/** Publishes its count each second. */
class Beat extends Actor<"beat"> {
  override state = 0

  constructor(private readonly out: { publish(text: string): void }) {
    super()
  }

  override preStart() {
    this.timers.startTimerAtFixedRate("beat", "beat", "1 second")
  }

  receive() {
    this.out.publish(`beat ${++this.state}`)
  }
}

/** Its members get the beats directly. */
class Beats extends FlowObject<unknown, boolean> {
  readonly beats = this.hub<string>("beats", { keep: 10 })
  readonly beat = this.actor("beat", Props.of(Beat, this.beats))

  protected accept({ data: durable }: ConnectionInfo<boolean>) {
    const flow = Flow.fromSinkAndSource(Sink.ignore(), this.beats.source())
    return webSocket.endpoint(text, flow, { resume: { within, durable } })
  }
}

class Echo extends FlowObject {
  protected accept() {
    return webSocket.endpoint(text, Flow.of<string>(), { resume: { within } })
  }
}

beforeEach(() => void logged())
afterEach(() => vi.useRealTimers())

describe("a socket that asks for the session of an open one", () => {
  it.each([false, true])(
    "gets the elements after one that this event has sent to the other: durable %s",
    async (durable) => {
      const object = new MemoryObject(Beats)
      const client = await new MemorySession(object, durable).connect()
      object.instance.beat.tell("beat")
      client.read()
      await object.evict()
      // The second beat is due, and is sent to the socket that hibernates, in the event of the next socket.
      object.stall(1_500)
      client.drop(false)
      await client.connect()
      object.advance(1_000)
      expect(client.read().received).toEqual(["beat 1", "beat 2", "beat 3"])
      expect(client.resyncs).toBe(0)
    },
  )

  it("closes the other although it gets a new session, because it has fewer messages than were acknowledged", async () => {
    const object = new MemoryObject(Echo)
    const client = await new MemorySession(object, {}).connect()
    // The second message acknowledges the answer to the first.
    const { socket } = client.send("a").send("b")
    const offered = client.session.offer().join(", ").replace(/\d+$/, "0")
    const next = await object.connect({}, { "Sec-WebSocket-Protocol": offered })
    expect(next.received).toEqual([expect.stringMatching(/^\[\["hi",.*,false,1\]\]$/)])
    expect(socket?.received.at(-1)).toMatchObject({ close: 4409 })
  })

  it.each([
    [false, "drop"],
    [true, "drop"],
    [true, "vanish"],
  ] as const)(
    "may be lost too, while the other never answers its close: the session goes on after hibernation (durable %s, %s)",
    async (durable, loss) => {
      const object = new MemoryObject(Beats)
      const client = await new MemorySession(object, durable).connect()
      await client.connect()
      client[loss]()
      await object.deploy()
      object.instance.beats.publish("missed")
      await client.connect()
      expect([client.received, client.resyncs]).toEqual([["missed"], 0])
    },
  )
})
