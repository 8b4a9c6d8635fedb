import { describe, expect, it } from "vitest"
import { ActorRef, type AnyRef, Props } from "../../src/actor.ts"
import { Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

const heard = () => seen.filter((line) => line.startsWith("root"))
const gone = "root hears that a has stopped"

/** Keeps the refs that it has received, and can watch stopped actors. */
class Watcher extends Parent {
  override readonly childTypes = { RecordingActor, Watcher, Scout }
  protected ref: AnyRef | undefined

  protected override hear(message: string): void {
    this.ref = this.context.child("a") ?? this.ref
    const { ref } = this
    if (message.startsWith("stop and") && ref) this.context.stop(ref)
    if (message === "watch it" && ref) this.context.watch(ref)
    else if (message === "unwatch it" && ref) this.context.unwatch(ref)
    else if (message === "stop and unwatch") this.self.tell("unwatch it")
    else if (message === "stop and watch") this.self.tell("watch it")
    else if (message === "size") seen.push(`root watches ${this.context.watched.size}`)
    else if (message === "spawn scout") this.context.actorOf(Props.of(Scout, ref as ActorRef<string>), "scout")
    else if (message === "tell all") this.context.watched.tell("all of you")
    else super.hear(message)
  }
}

/** Watches an actor that is not its child. */
class Scout extends RecordingActor {
  constructor(private readonly target: AnyRef) {
    super("scout")
  }

  protected override hear(message: string): void {
    if (message === "watch") this.context.watch(this.target)
  }
}

describe("a watcher of an actor", () => {
  it.each(["stop a", "poison a", "a throw it", "a die"])("is notified once that it has stopped: %s", (end) => {
    recordingClient().send("spawn a", "watch a", end).send("hello")
    expect(heard()).toEqual(["root starts", gone, "root: hello"])
  })

  it("is notified once, however often it watches", () => {
    recordingClient().send("spawn a", "watch a", "watch a", "stop a")
    expect(heard()).toEqual(["root starts", gone])
  })

  it("is notified once if it watches again while the notice is on its way", () => {
    recordingClient(Watcher).send("spawn a", "watch a", "stop and watch").send("hello")
    expect(heard()).toEqual(["root starts", gone, "root: hello"])
  })

  it("is notified at once of an actor that has already stopped", () => {
    recordingClient(Watcher).send("spawn a", "a hello", "tell it", "stop a", "watch it")
    expect(heard().at(-1)).toBe(gone)
  })

  it("gets the message of watchWith instead of Terminated", () => {
    recordingClient().send("spawn a", "watchWith a", "stop a")
    expect(heard()).toEqual(["root starts", "root: a is gone"])
  })

  it("is notified after the children of the stopping actor have stopped", () => {
    recordingClient().send("spawn parent", "parent spawn b", "watch parent", "stop parent")
    expect(seen.slice(-3)).toEqual(["b stops", "parent stops", "root hears that parent has stopped"])
  })

  it("need not be its parent", () => {
    recordingClient(Watcher).send("spawn a", "spawn scout", "scout watch", "stop a")
    expect(seen.slice(-2)).toEqual(["a stops", "scout hears that a has stopped"])
  })

  it("is not notified of itself", () => {
    class Narcissus extends RecordingActor {
      override preStart(): void {
        this.context.watch(this.self)
        seen.push(`watches ${this.context.watched.size}`)
      }
    }
    recordingClient(Narcissus).send("stop")
    expect(seen).toEqual(["watches 0", "root: stop", "root stops"])
  })

  it("cannot watch an actor of another object", () => {
    class Far extends ActorRef<string> {
      readonly path = "//object/actor"
      tell(): void {}
      ask<Reply>(): Promise<Reply> {
        return Promise.reject(new Error("too far away"))
      }
    }
    class Overreaching extends RecordingActor {
      override preStart(): void {
        this.context.watch(new Far())
      }
    }
    expect(String(recordingClient(Overreaching).errors)).toContain("cannot watch //object/actor in another object")
  })

  it("is kept through hibernation", () => {
    recordingClient(Watcher)
      .send("spawn a", "watchWith a", "spawn b", "watch b", "spawn scout", "scout watch")
      .sleep()
      .sleep()
      .send("stop a", "stop b")
    expect(seen.slice(-5)).toEqual([
      ...["a stops", "root: a is gone", "scout hears that a has stopped"],
      ...["b stops", "root hears that b has stopped"],
    ])
  })

  it("is not notified again after hibernation", () => {
    recordingClient().send("spawn a", "watch a", "stop a").sleep().send("spawn a", "stop a")
    expect(heard()).toEqual(["root starts", gone])
  })
})

describe("a former watcher", () => {
  it("that has stopped leaves no watch to the next actor of its name", () => {
    recordingClient(Watcher).send("spawn a", "spawn scout", "scout watch", "stop scout", "spawn scout", "stop a")
    expect(seen.slice(-3)).toEqual(["scout stops", "scout starts", "a stops"])
  })

  it("is not notified", () => {
    recordingClient().send("spawn a", "watch a", "unwatch a", "stop a").sleep().send("hello")
    expect(heard()).toEqual(["root starts", "root: hello"])
  })

  it("is not notified even if the notice was on its way", () => {
    recordingClient(Watcher).send("spawn a", "watch a", "stop and unwatch").send("hello")
    expect(seen.slice(2)).toEqual(["a stops", "root: hello"])
  })

  it("is not kept through hibernation", () => {
    recordingClient(Watcher).send("spawn a", "watch a", "size").sleep().send("unwatch a").sleep().send("size")
    expect(heard().slice(1)).toEqual(["root watches 1", "root watches 0"])
  })
})

describe("the group of watched actors", () => {
  it("can be told one message, and counted", () => {
    recordingClient(Watcher).send("spawn a", "spawn b", "spawn c", "watch a", "watch b", "size", "tell all").sleep()
    expect(seen.slice(4).sort()).toEqual(["a: all of you", "b: all of you", "root watches 2"])
  })
})
