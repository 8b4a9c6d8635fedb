import { describe, expect, it } from "vitest"
import {
  type Actor,
  ActorInitializationError,
  allForOne,
  type Directive,
  oneForOne,
  Props,
  type SupervisorStrategy,
} from "../../src/actor.ts"
import { closed } from "../support/client.ts"
import { logged, Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** Starts after this many failures, whose count outlives its instances. */
let failures = 0

class Fragile extends RecordingActor {
  override preStart() {
    super.preStart()
    if (failures-- > 0) throw new Error("fragile")
  }
}

/** The client of a parent with this strategy, whose child "fragile" cannot start for some time. */
function parentOf(count: number, supervisorStrategy: SupervisorStrategy, ...messages: string[]) {
  class Strict extends Parent {
    override readonly supervisorStrategy = supervisorStrategy
    override readonly childTypes: Actor<never>["childTypes"] = { Fragile, RecordingActor }
    protected override propsOf(name: string): Props<string> {
      return name === "fragile" ? Props.of(Fragile, name) : super.propsOf(name)
    }
  }
  failures = count
  return recordingClient(Strict).send(...messages)
}

const always = (directive: Directive) => oneForOne(() => directive)
const starts = (count: number) => Array.from({ length: count }, () => "fragile starts")

describe("a child that cannot start", () => {
  it("is stopped by default, and its watchers are notified", () => {
    class Watching extends Parent {
      override readonly childTypes = { Fragile }
      protected override hear(message: string) {
        if (message === "begin") this.context.watch(this.context.actorOf(Props.of(Fragile, "fragile"), "fragile"))
        else super.hear(message)
      }
    }
    failures = 1
    const client = recordingClient(Watching).send("begin", "hello")
    expect(seen.slice(1)).toEqual(["fragile starts", "root hears that fragile has stopped", "root: hello"])
    expect(logged).toEqual(["/1/fragile: actor failed: stop Error: fragile"])
    expect(client.received).toEqual([])
  })

  it.each<Directive>(["restart", "resume"])(
    "is made again if the directive is %s, and gets its messages",
    (directive) => {
      parentOf(3, always(directive), "spawn fragile", "fragile hello")
      expect(seen.slice(1)).toEqual([...starts(4), "fragile: hello"])
      expect(logged).toEqual(Array.from({ length: 3 }, () => "/1/fragile: actor failed: restart Error: fragile"))
    },
  )

  it("is stopped after too many restarts", () => {
    const client = parentOf(
      100_000,
      oneForOne(() => "restart", { maxRestarts: 20_000 }),
      "spawn fragile",
      "hello",
    )
    expect(seen.filter((line) => line === "fragile starts").length).toBe(20_001)
    expect(seen.at(-1)).toBe("root: hello")
    expect(client.received).toEqual([])
  })

  it("fails its parent if the directive is escalate", () => {
    const client = parentOf(1, always("escalate"), "spawn fragile")
    expect(seen.slice(1)).toEqual(["fragile starts", "root stops"])
    expect(client.received).toEqual([closed(1011)])
  })

  it("reaches its supervisor as an ActorInitializationError with its cause", () => {
    const decided: unknown[] = []
    const strategy = oneForOne((error) => {
      decided.push(error)
      return error instanceof ActorInitializationError ? "restart" : "stop"
    })
    parentOf(1, strategy, "spawn fragile", "fragile throw it")
    expect(decided).toEqual([expect.any(ActorInitializationError), new Error("it")])
    expect(decided[0]).toMatchObject({ message: "/1/fragile cannot start", cause: new Error("fragile") })
  })

  it("is restarted with its siblings if the strategy is for all", () => {
    parentOf(
      1,
      allForOne(() => "restart"),
      "spawn a",
      "spawn fragile",
      "a hello",
      "fragile hello",
    )
    expect(seen.slice(1)).toEqual([
      ...["a starts", "fragile starts", "a stops", "a starts"],
      ...["fragile starts", "a: hello", "fragile: hello"],
    ])
  })

  it("may fail again when it is restarted", () => {
    const client = parentOf(0, always("restart"), "spawn fragile")
    failures = 2
    client.send("fragile throw it", "fragile hello")
    expect(seen.slice(2)).toEqual(["fragile: throw it", "fragile stops", ...starts(3), "fragile: hello"])
  })

  it("leaves no children and no timers of an attempt", () => {
    class Careless extends RecordingActor {
      override readonly childTypes = { RecordingActor }
      override preStart() {
        this.context.actorOf(Props.of(RecordingActor, "child"), "child")
        this.timers.startSingleTimer("timer", "late", 10)
        if (failures-- > 0) throw new Error("careless")
      }
    }
    class Careful extends Parent {
      override readonly supervisorStrategy = always("restart")
      override readonly childTypes = { Careless }
      protected override propsOf(name: string) {
        return Props.of(Careless, name)
      }
    }
    failures = 2
    const client = recordingClient(Careful).send("spawn a")
    expect(seen.slice(1)).toEqual(["child starts"])
    client.advance(10)
    expect(seen.slice(2)).toEqual(["a: late"])
  })
})
