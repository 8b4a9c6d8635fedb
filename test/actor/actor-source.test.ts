import { describe, expect, it } from "vitest"
import { ActorFlow, type ActorSource, Failure, PoisonPill, Props, Sink, Source } from "../../src/actor.ts"
import { CloseError } from "../../src/socket/close.ts"
import { text } from "../../src/socket/codec.ts"
import { BufferOverflowError } from "../../src/stream/errors.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Probe } from "../../src/testing/probe/probe.ts"
import { Client, closed } from "../support/client.ts"
import { logged, RecordingActor, seen } from "./recording-actor.ts"

type Ref = ActorSource<string>["ref"]

/** A running source, and the ref of its newest instance. */
class Running {
  private out!: ActorSource<string>
  readonly probe: Probe<never, string>

  constructor(options?: Parameters<typeof Source.actorRef>[0]) {
    this.probe = Probe.source(() => {
      this.out = Source.actorRef<string>(options)
      return this.out.source
    })
  }

  tell(...messages: (string | Failure | PoisonPill)[]): this {
    for (const message of messages) this.out.ref.tell(message)
    return this
  }
}

describe("Source.actorRef", () => {
  it("emits the messages that its ref is told", () => {
    const running = new Running()
    running.probe.unbounded()
    expect(running.tell("a", "b").probe.received).toEqual(["a", "b"])
  })

  it("keeps its buffer and its path across hibernation", () => {
    const running = new Running().tell("a", "b")
    running.probe.request(1).hibernate()
    running.tell("c").probe.hibernate().unbounded()
    expect(running.probe.received).toEqual(["a", "b", "c"])
  })

  it("completes at a PoisonPill after the waiting messages; later messages are dead letters", () => {
    const running = new Running().tell("a", PoisonPill, "b")
    running.probe.hibernate().request(1)
    expect(running.probe.received).toEqual(["a"])
    expect(running.probe.ended).toBe("completed")
    running.tell("c")
    expect(logged).toEqual([expect.stringMatching(/^1 dead letters/), expect.stringMatching(/^1 dead letters/)])
  })

  it("fails at a Failure", () => {
    const running = new Running().tell("a", new Failure(new RangeError("b")), "c")
    expect(running.probe.ended).toEqual({ failed: new RangeError("b") })
    expect(logged).toEqual([expect.stringMatching(/^1 dead letters/)])
  })

  it.each([
    ["dropHead", ["d", "e"]],
    ["dropTail", ["a", "e"]],
    ["dropNew", ["a", "b"]],
    ["dropBuffer", ["e"]],
  ] as const)("with %s keeps %j without demand", (overflow, kept) => {
    const running = new Running({ bufferSize: 2, overflow }).tell("a", "b", "c", "d", "e")
    expect(running.probe.hibernate().unbounded().received).toEqual(kept)
  })

  it("with fail fails when there is no room", () => {
    const running = new Running({ bufferSize: 1, overflow: "fail" }).tell("a", "b")
    expect(running.probe.ended).toEqual({ failed: expect.any(BufferOverflowError) })
  })

  it("holds 16 messages by default, and drops later ones", () => {
    const running = new Running()
    for (let n = 0; n < 20; n++) running.tell(`${n}`)
    expect(running.probe.unbounded().received.at(-1)).toBe("15")
  })

  it.each([0, 1.5])("cannot hold %s messages", (bufferSize) => {
    expect(() => Source.actorRef({ bufferSize })).toThrow(RangeError)
  })
})

describe("the ref of a Source.actorRef", () => {
  const uses: [string, (ref: Ref) => unknown][] = [
    ["told", (ref) => ref.tell("a")],
    ["asked", (ref) => ref.ask("a", 10)],
    ["known by its path", (ref) => ref.path],
  ]
  it.each(uses)("cannot be %s before its flow runs", (_, use) => {
    expect(() => use(Source.actorRef<string>().ref)).toThrow("leads nowhere before its flow runs")
  })

  it("leads to one flow", () => {
    const { source } = Source.actorRef<string>()
    Probe.source(() => source)
    expect(() => Probe.source(() => source)).toThrow("runs once: create a new one for each connection")
  })
})

describe("a watcher of the ref of a Source.actorRef", () => {
  class Watcher extends RecordingActor {
    constructor(private readonly target: Ref) {
      super()
    }

    protected override hear(message: string): void {
      if (message === "watch") this.context.watch(this.target)
      if (message === "poison") this.target.tell(PoisonPill)
      if (message === "fail") this.target.tell(new Failure(new CloseError(4001, "failed")))
      if (message === "word") this.target.tell("word")
    }
  }

  /** A client whose messages go to the watcher, and which receives the elements of the source. */
  const watching = (below = (source: ActorSource<string>["source"]) => source) => {
    const make = () => {
      const { ref, source } = Source.actorRef<string>()
      const watcher = ActorFlow.actorRef<string, never>(() => Props.of(Watcher, ref))
      return Flow.fromSinkAndSource(watcher.to(Sink.ignore()), below(source))
    }
    const client = new Client(text, make()).open().send("watch").hibernate(make())
    expect(seen).toEqual(["root starts"])
    return client
  }
  const heard = () => seen.filter((line) => line.includes("hears")).length

  it("is notified when the ref was told PoisonPill", () => {
    expect(watching().send("word", "poison").received).toEqual(["word", closed(1000)])
    expect(heard()).toBe(1)
  })

  it("is notified when the source has failed, which closes with the code of a CloseError", () => {
    const { received, errors } = watching().send("fail")
    expect(received).toEqual([closed(4001, "failed")])
    expect(errors).toEqual([])
    expect(heard()).toBe(1)
  })

  it("is notified when downstream cancels", () => {
    expect(watching((source) => source.take(1)).send("word").received).toEqual(["word", closed(1000)])
    expect(heard()).toBe(1)
  })
})
