import { describe, expect, it } from "vitest"
import { Actor, type ActorRef, type AnyRef, Props } from "../../src/actor.ts"
import { closed } from "../support/client.ts"
import { ActorClient, act, logged, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

describe("an actor", () => {
  it("starts before its first message, once, and not after hibernation", () => {
    recordingClient().send("a").sleep().send("b").sleep()
    expect(seen).toEqual(["root starts", "root: a", "root: b"])
  })

  it("stops once, and not when it hibernates", () => {
    recordingClient().send("a").sleep().sleep().send("stop", "b").sleep().close().sleep()
    expect(seen).toEqual(["root starts", "root: a", "root: stop", "root stops"])
  })

  it("handles one message at a time: a message to itself comes after the current one", () => {
    class Repeating extends RecordingActor {
      protected override hear(message: string): void {
        if (message.length < 3) this.self.tell(`${message}!`)
        super.hear(message)
      }
    }
    recordingClient(Repeating).send("a", "b")
    expect(seen.slice(1)).toEqual(["root: a", "root: a!", "root: a!!", "root: b", "root: b!", "root: b!!"])
  })

  it("stops itself after the message that it handles, and the waiting messages are lost", () => {
    class Ending extends RecordingActor {
      protected override hear(message: string): void {
        this.self.tell("too late")
        this.context.stop(this.self)
        super.hear(message)
      }
    }
    expect(recordingClient(Ending).send("last").received).toEqual([closed(1000)])
    expect(seen).toEqual(["root starts", "root: last", "root stops"])
    expect(logged).toEqual([expect.stringMatching(/^1 dead letters for /)])
  })

  it("stops at a PoisonPill after the messages before it", () => {
    class Ending extends RecordingActor {
      protected override hear(message: string): void {
        if (message === "end") for (const last of ["one", "die", "two"]) this.self.tell(last)
        super.hear(message)
      }
    }
    recordingClient(Ending).send("end")
    expect(seen.slice(1)).toEqual(["root: end", "root: one", "root: die", "root: two", "root stops"])
  })

  it("cannot be asynchronous", () => {
    class Asynchronous extends Actor<string> {
      receive() {
        return Promise.reject(new Error("never heard of"))
      }
    }
    const client = recordingClient(Asynchronous).send("a")
    expect(client.received).toEqual([closed(1011)])
    expect(String(client.errors)).toMatch(/^TypeError: The receive of Asynchronous returned a promise/)
  })

  it.each(["context", "self", "timers"] as const)("has no %s while it is constructed", (name) => {
    class Early extends RecordingActor {
      readonly early = this[name]
    }
    const client = recordingClient(Early)
    expect(client.received).toEqual([closed(1011)])
    expect(String(client.errors)).toContain("Early has no context while it is constructed")
  })

  it("has one time throughout an event", () => {
    class Timely extends RecordingActor {
      protected override hear(): void {
        seen.push(`${this.context.now()}`)
      }
    }
    recordingClient(Timely).advance(7).send("now")
    expect(seen).toEqual(["root starts", "7"])
  })
})

describe("the state of an actor", () => {
  it("is all that hibernation keeps of it", () => {
    class Counter extends Actor<string> {
      override state = { count: 0 }
      private forgotten = 0
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      receive() {
        this.out.tell(`${++this.state.count} ${++this.forgotten}`)
      }
    }
    expect(act(Counter).send("a", "b").sleep().send("c").received).toEqual(["1 1", "2 2", "3 1"])
  })

  it("can have refs anywhere in it", () => {
    class Refs extends Actor<string> {
      override state: { list: AnyRef[]; map: Map<AnyRef, { ref: AnyRef }>; set: Set<AnyRef> } | undefined = undefined
      receive(message: string) {
        const { self } = this
        if (message === "keep")
          this.state = { list: [self], map: new Map([[self, { ref: self }]]), set: new Set([self]) }
        if (message === "tell") for (const ref of this.all()) (ref as ActorRef<string>).tell("told")
        if (message === "told") seen.push("told")
      }
      private all(): AnyRef[] {
        const { list = [], map = new Map(), set = new Set() } = this.state ?? {}
        return [...list, ...map.keys(), ...[...map.values()].map(({ ref }) => ref), ...set]
      }
    }
    new ActorClient(() => Props.of(Refs)).send("keep").sleep().send("tell")
    expect(seen).toEqual(["told", "told", "told", "told"])
  })

  it("may contain a value that looks like a ref", () => {
    class Keeper extends Actor<string> {
      override state: unknown = undefined
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      receive(message: string) {
        if (message === "say") this.out.tell(JSON.stringify(this.state))
        else this.state = JSON.parse(message)
      }
    }
    const forged = '{"sluice:actor":"/room"}'
    expect(act(Keeper).send(forged).sleep().sleep().send("say").received).toEqual([forged])
  })

  it("can be removed", () => {
    class Forgetful extends Actor<string> {
      override state: number | undefined = 1
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      receive(message: string) {
        if (message === "forget") this.state = undefined
        this.out.tell(`${this.state}`)
      }
    }
    expect(act(Forgetful).sleep().send("a").send("forget").sleep().send("b").received).toEqual([
      "1",
      "undefined",
      "undefined",
    ])
  })
})
