import { describe, expect, it } from "vitest"
import { type Directive, oneForOne, Props, type SupervisorStrategy } from "../../src/actor.ts"
import { closed } from "../support/client.ts"
import { type ActorClient, logged, Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** A child with everything that a restart removes. */
class Child extends Parent {
  override state = { heard: 0 }

  protected override hear(message: string): void {
    if (message === "timer") this.timers.startSingleTimer("timer", "rung", 50)
    seen.push(`heard ${++this.state.heard}`)
    super.hear(message)
  }
}

/** The client of a parent with this strategy. Clears the events so far. */
function parentWith(supervisorStrategy: SupervisorStrategy, ...messages: string[]): ActorClient {
  class Strict extends Parent {
    override readonly supervisorStrategy = supervisorStrategy
    override readonly childTypes = { Child }
    protected override propsOf(name: string): Props<string> {
      return Props.of(Child, name)
    }
  }
  const client = recordingClient(Strict).send("spawn a", ...messages)
  seen.length = 0
  return client
}

const always = (directive: Directive) => oneForOne(() => directive)

describe("a child that throws", () => {
  it("is stopped by default, and its parent continues", () => {
    const client = recordingClient().send("spawn a", "watch a", "a throw it", "hello")
    expect(seen.slice(2)).toEqual(["a: throw it", "a stops", "root hears that a has stopped", "root: hello"])
    expect(client.received).toEqual([])
    expect(logged).toEqual(["/1/a: actor failed: stop Error: it"])
  })

  it("continues unchanged when it is resumed", () => {
    parentWith(always("resume")).send("a throw it").send("a hello")
    expect(seen).toEqual(["heard 1", "a: throw it", "heard 2", "a: hello"])
    expect(logged).toEqual(["/1/a: actor failed: resume Error: it"])
  })

  it("is made anew when it is restarted, with its mailbox", () => {
    class Busy extends Child {
      protected override hear(message: string): void {
        if (message === "throw it") this.self.tell("waiting")
        super.hear(message)
      }
    }
    class Strict extends Parent {
      override readonly supervisorStrategy = always("restart")
      override readonly childTypes = { Busy }
      protected override propsOf(name: string): Props<string> {
        return Props.of(Busy, name)
      }
    }
    recordingClient(Strict).send("spawn a", "a hello", "a throw it")
    expect(seen.slice(2)).toEqual([
      ...["heard 1", "a: hello", "heard 2", "a: throw it", "a stops"],
      ...["a starts", "heard 1", "a: waiting"],
    ])
  })

  it("has no timers and no children when it is restarted", () => {
    const client = parentWith(always("restart"), "a timer", "a spawn b", "a watch b").send("a throw it")
    expect(client.clock.pending).toBe(0)
    client.advance(100).send("a b hello")
    expect(seen).toEqual(["heard 4", "a: throw it", "b stops", "a stops", "a starts", "heard 1", "a: b hello"])
  })

  it("keeps its watchers when it is restarted", () => {
    parentWith(always("restart"), "watch a").send("a throw it", "a hello", "a stop")
    expect(seen.filter((line) => line.startsWith("root"))).toEqual(["root hears that a has stopped"])
    expect(seen.at(-1)).toBe("root hears that a has stopped")
  })

  it("gets the directive for the error that it threw", () => {
    const strategy = oneForOne((error) => (error instanceof Error && error.message === "mild" ? "resume" : "stop"))
    parentWith(strategy).send("a throw mild", "a throw hard", "a hello")
    expect(seen).toEqual(["heard 1", "a: throw mild", "heard 2", "a: throw hard", "a stops", "root: a hello"])
  })

  it("fails its parent when the strategy throws", () => {
    const strategy = oneForOne(() => {
      throw new Error("undecided")
    })
    const client = parentWith(strategy).send("a throw it")
    expect(seen).toEqual(["heard 1", "a: throw it", "a stops", "root stops"])
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors.join()).toContain("undecided")
    expect(logged).toEqual(["/1/a: actor failed: escalate Error: it"])
  })

  it("does not stop its siblings", () => {
    recordingClient().send("spawn a", "spawn b", "a throw it", "b hello")
    expect(seen.slice(3)).toEqual(["a: throw it", "a stops", "b: hello"])
  })
})

describe("a postStop that throws", () => {
  class Sore extends RecordingActor {
    override postStop(): void {
      super.postStop()
      throw new Error("sore")
    }
  }

  it("does not keep the actor from stopping, and its watcher is notified", () => {
    class Healthy extends Parent {
      override readonly childTypes = { Sore }
      protected override propsOf(name: string): Props<string> {
        return Props.of(Sore, name)
      }
    }
    recordingClient(Healthy).send("spawn a", "watch a", "stop a", "hello")
    expect(seen.slice(2)).toEqual(["a stops", "root hears that a has stopped", "root: hello"])
    expect(logged).toEqual(["/1/a: actor failed: stop Error: sore"])
  })

  it("does not change how the socket is closed", () => {
    const client = recordingClient(Sore).send("stop")
    expect(client.received).toEqual([closed(1000)])
    expect(client.errors).toEqual([])
  })
})
