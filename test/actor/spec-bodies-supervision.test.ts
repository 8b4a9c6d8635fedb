import { describe, expect, it } from "vitest"
import { type Actor, type ActorRef, allForOne, oneForOne, Props, type Terminated } from "../../src/actor.ts"
import { Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** Assertions in the bodies of Pekko's specs of supervision and the death watch that their titles do not name. */

/** A parent that restarts one child or all. */
function parentWith(strategy: typeof oneForOne, maxRestarts = 3) {
  class Strict extends Parent {
    override readonly supervisorStrategy = strategy(() => "restart", { maxRestarts, within: "1 second" })
  }
  const client = recordingClient(Strict).send("spawn a", "spawn b", "spawn c")
  seen.length = 0
  return client
}

describe("a supervisor", () => {
  it("restarts one of three, and the two others not", () => {
    parentWith(oneForOne).send("b throw it", "a hello", "b hello", "c hello")
    expect(seen).toEqual(["b: throw it", "b stops", "b starts", "a: hello", "b: hello", "c: hello"])
  })

  it("restarts all of three with the one that failed, in the order in which they began", () => {
    parentWith(allForOne).send("b throw it", "a hello", "b hello", "c hello")
    const restarts = ["a", "b", "c"].flatMap((name) => [`${name} stops`, `${name} starts`])
    expect(seen).toEqual(["b: throw it", ...restarts, "a: hello", "b: hello", "c: hello"])
  })

  it("counts restarts within a time only, and counts from zero when that has passed", () => {
    const client = parentWith(oneForOne, 2).send("a throw 1", "a throw 2").advance(1_000)
    client.send("a throw 3", "a throw 4", "a hello")
    expect(seen.at(-1)).toBe("a: hello")
    client.send("a throw 5", "a hello")
    expect(seen.slice(-2)).toEqual(["a stops", "root: a hello"])
  })

  it("counts restarts within 30 days", () => {
    class Old extends Parent {
      override readonly supervisorStrategy = oneForOne(() => "restart", { maxRestarts: 1, within: "30 days" })
    }
    const client = recordingClient(Old)
      .send("spawn a", "a throw 1")
      .advance(29 * 86_400_000)
    client.send("a throw 2", "hello")
    expect(seen.slice(-2)).toEqual(["a stops", "root: hello"])
  })
})

describe("a restart", () => {
  class Boss extends Parent {
    override readonly supervisorStrategy = oneForOne(() => "restart")
    override readonly childTypes: Actor<never>["childTypes"] = { Parent, RecordingActor }
  }

  it("stops children without sending the messages of watchWith, also a second time", () => {
    const client = recordingClient(Boss).send("spawn parent")
    for (const name of ["a", "b"]) client.send(`parent spawn ${name}`, `parent watchWith ${name}`, "parent throw it")
    client.send("parent hello")
    const restarts = (name: string) => [
      `${name} starts`,
      "parent: throw it",
      `${name} stops`,
      "parent stops",
      "parent starts",
    ]
    expect(seen.slice(2)).toEqual([...restarts("a"), ...restarts("b"), "parent: hello"])
  })

  it("keeps the messages of watchWith about other actors", () => {
    class Watching extends RecordingActor {
      constructor(
        name: string,
        private readonly subject: ActorRef<string>,
      ) {
        super(name)
      }
      protected override hear(message: string) {
        if (message === "watch") this.context.watchWith(this.subject, "the subject is gone")
        else super.hear(message)
      }
    }
    class Office extends Boss {
      override readonly childTypes = { Watching, RecordingActor }
      protected override propsOf(name: string): Props<string> {
        const subject = this.context.child("subject") as ActorRef<string>
        return name === "watching" ? Props.of(Watching, name, subject) : super.propsOf(name)
      }
    }
    const client = recordingClient(Office).send("spawn subject", "spawn watching", "watching watch")
    client.send("watching throw it", "stop subject")
    expect(seen.slice(-2)).toEqual(["subject stops", "watching: the subject is gone"])
  })

  it("keeps the messages behind those that fail, one after the other", () => {
    class Crowd extends Boss {
      protected override hear(message: string) {
        if (message !== "go") super.hear(message)
        else for (const next of ["throw 1", "throw 2", "ping 1", "ping 2"]) this.tell(next)
      }
      private tell(message: string) {
        ;(this.context.child("a") as ActorRef<string>).tell(message)
      }
    }
    recordingClient(Crowd).send("spawn a", "go")
    const restart = ["a stops", "a starts"]
    expect(seen.slice(2)).toEqual(["a: throw 1", ...restart, "a: throw 2", ...restart, "a: ping 1", "a: ping 2"])
  })
})

describe("the death watch", () => {
  /** Watches the actor whose ref it gets, and can stop to do so. */
  class Monitor extends RecordingActor {
    constructor(
      name: string,
      private readonly subject: ActorRef<string>,
    ) {
      super(name)
    }
    protected override hear(message: string) {
      if (message === "watch") this.context.watch(this.subject)
      if (message === "unwatch") this.context.unwatch(this.subject)
    }
  }
  class Office extends Parent {
    override readonly childTypes = { Monitor, RecordingActor }
    override readonly supervisorStrategy = oneForOne(() => "restart", { maxRestarts: 2 })
    protected override propsOf(name: string): Props<string> {
      const subject = this.context.child("subject") as ActorRef<string>
      return name === "subject" ? super.propsOf(name) : Props.of(Monitor, name, subject)
    }
  }
  const monitors = ["m1", "m2", "m3"]
  const office = () =>
    recordingClient(Office).send("spawn subject", ...monitors.flatMap((name) => [`spawn ${name}`, `${name} watch`]))
  const notices = () => seen.filter((line) => line.includes("hears"))

  it("notifies each of its watchers once, and only those that still watch", () => {
    office().send("m2 unwatch", "stop subject")
    expect(notices()).toEqual(["m1", "m3"].map((name) => `${name} hears that subject has stopped`))
  })

  it("does not notify of a restart, but of the stop after the last restart", () => {
    const client = office().send("subject throw 1", "subject throw 2", "subject hello")
    expect(notices()).toEqual([])
    expect(seen.at(-1)).toBe("subject: hello")
    client.send("subject throw 3")
    expect(notices().length).toBe(3)
  })

  it("fails a watcher that does not handle the notice, and notifies its own watcher after that", () => {
    class Bound extends RecordingActor {
      override readonly childTypes = { RecordingActor }
      override preStart() {
        this.context.watch(this.context.actorOf(Props.of(RecordingActor, "failed"), "failed"))
      }
      override receive(message: string | Terminated) {
        if (typeof message !== "string") this.unhandled(message as never)
        else for (const child of this.context.children.values()) (child as ActorRef<string>).tell("throw it")
      }
    }
    const decided: unknown[] = []
    class Guardian extends Parent {
      override readonly childTypes: Actor<never>["childTypes"] = { Bound }
      override readonly supervisorStrategy = oneForOne((error) => {
        decided.push(error)
        return "stop"
      })
      protected override propsOf(name: string) {
        return Props.of(Bound, name)
      }
    }
    recordingClient(Guardian).send("spawn brother", "watch brother", "brother go")
    expect(decided).toMatchObject([{ name: "DeathPactError" }])
    expect(seen.slice(-3)).toEqual(["failed stops", "brother stops", "root hears that brother has stopped"])
  })
})
