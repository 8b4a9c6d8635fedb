import { describe, expect, it } from "vitest"
import { Actor, allForOne, type Directive, Kill, oneForOne, Props, Terminated } from "../../src/actor.ts"
import { logged, Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** Cases of Pekko's specs of supervision, death watch and the stash that the other tests do not have. */

const always = (directive: Directive) => oneForOne(() => directive)

describe("a supervisor", () => {
  it("restarts a middle actor with the child that this starts itself", () => {
    class Middle extends Parent {
      override preStart() {
        super.preStart()
        this.context.actorOf(Props.of(RecordingActor, "low"), "low")
      }
    }
    class Top extends Parent {
      override readonly supervisorStrategy = always("restart")
      override readonly childTypes = { Middle }
      protected override propsOf(name: string): Props<string> {
        return Props.of(Middle, name)
      }
    }
    const client = recordingClient(Top).send("spawn middle")
    seen.length = 0
    client.send("middle throw it", "middle low hello")
    const stops = ["low stops", "middle stops"]
    expect(seen).toEqual(["middle: throw it", ...stops, "middle starts", "low starts", "low: hello"])
  })

  it("restarts a child ten times a minute by default", () => {
    class Patient extends Parent {
      override readonly supervisorStrategy = always("restart")
    }
    const client = recordingClient(Patient).send("spawn a")
    for (let n = 0; n < 10; n++) client.send("a throw it")
    client.send("a hello")
    expect(seen.at(-1)).toBe("a: hello")
    client.send("a throw it", "hello")
    expect(seen.slice(-2)).toEqual(["a stops", "root: hello"])
  })

  it("can start a child of the same name when the one before has stopped, and not before", () => {
    class Successor extends Parent {
      override receive(message: string | Terminated) {
        super.receive(message)
        if (message instanceof Terminated) this.context.actorOf(Props.of(RecordingActor, "a"), "a")
      }
    }
    const client = recordingClient(Successor).send("spawn a", "watch a", "stop a", "a hello")
    expect(seen.slice(-3)).toEqual(["root hears that a has stopped", "a starts", "a: hello"])
    client.send("spawn a")
    expect(client.errors.join()).toContain("a")
  })

  it("handles a DeathPactError like any other error", () => {
    class Dependent extends Parent {
      override receive(message: string | Terminated) {
        if (message instanceof Terminated) this.unhandled(message)
        else super.receive(message)
      }
    }
    class Guardian extends Parent {
      override readonly supervisorStrategy = always("restart")
      override readonly childTypes = { Dependent }
      protected override propsOf(name: string): Props<string> {
        return Props.of(Dependent, name)
      }
    }
    const client = recordingClient(Guardian).send("spawn boss", "boss spawn a", "boss watch a")
    seen.length = 0
    client.send("boss stop a", "boss hello")
    expect(seen).toEqual(["a stops", "boss stops", "boss starts", "boss: hello"])
    expect(logged.join()).toContain("restart DeathPactError")
  })

  it("restarts all children with one that got Kill, if its strategy is for all", () => {
    class Killer extends Parent {
      override readonly supervisorStrategy = allForOne(() => "restart")
      protected override hear(message: string) {
        if (message === "kill a") this.context.child("a")?.tell(Kill as never)
        else super.hear(message)
      }
    }
    recordingClient(Killer).send("spawn a", "spawn b", "kill a", "b hello")
    expect(seen.slice(3)).toEqual(["a stops", "a starts", "b stops", "b starts", "b: hello"])
  })
})

describe("a watcher", () => {
  it("is notified of each of several children, in the order in which they stop", () => {
    const names = ["a", "b", "c"]
    const client = recordingClient().send(...names.flatMap((name) => [`spawn ${name}`, `watch ${name}`]))
    client.send("poison c", "a stop", "b throw it")
    const heard = seen.filter((line) => line.startsWith("root hears"))
    expect(heard).toEqual(["c", "a", "b"].map((name) => `root hears that ${name} has stopped`))
  })

  it("can watch a new child with the name of a stopped one", () => {
    recordingClient().send("spawn a", "watch a", "stop a", "spawn a", "watch a", "stop a")
    expect(seen.filter((line) => line.startsWith("root hears")).length).toBe(2)
  })

  it("can set another message for an end after it has unwatched", () => {
    recordingClient().send("spawn a", "watch a", "unwatch a", "watchWith a", "stop a")
    expect(seen.slice(-2)).toEqual(["a stops", "root: a is gone"])
  })
})

/** Stashes while it is closed; "fail" fails it. */
class Door extends Actor<string | Terminated> {
  override state = false
  override readonly childTypes = { RecordingActor }

  receive(message: string | Terminated) {
    if (message instanceof Terminated) return
    if (message === "open") {
      this.state = true
      this.context.unstashAll()
    } else if (message === "watch") {
      const child = this.context.actorOf(Props.of(RecordingActor, "child"), "child")
      this.context.watchWith(child, "child is gone")
      this.context.stop(child)
    } else if (!this.state) this.context.stash()
    else if (message === "fail") throw new Error("failed")
    else seen.push(message)
  }
}

class Landlord extends Parent {
  override readonly supervisorStrategy = always("resume")
  override readonly childTypes = { Door }
  protected override propsOf(): Props<string> {
    return Props.of(Door as never)
  }
}

describe("a stash", () => {
  it("keeps the message of watchWith", () => {
    recordingClient(Landlord).send("spawn door", "door watch", "door knock", "door open")
    expect(seen.slice(-2)).toEqual(["child is gone", "knock"])
  })

  it("loses no message but the one that failed when it is unstashed", () => {
    recordingClient(Landlord).send("spawn door", "door a", "door fail", "door b", "door open", "door c")
    expect(seen.slice(-3)).toEqual(["a", "b", "c"])
  })

  it("takes messages again after it was emptied", () => {
    class Turnstile extends Door {
      override receive(message: string | Terminated) {
        super.receive(message)
        if (message === "a") this.state = false
      }
    }
    class Keeper extends Landlord {
      override readonly childTypes = { Turnstile, Door }
      protected override propsOf(): Props<string> {
        return Props.of(Turnstile as never)
      }
    }
    const client = recordingClient(Keeper).send("spawn door", "door a", "door b", "door open")
    expect(seen.slice(1)).toEqual(["a"])
    client.send("door open", "door c")
    expect(seen.slice(1)).toEqual(["a", "b", "c"])
  })
})
