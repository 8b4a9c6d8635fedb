import { describe, expect, it } from "vitest"
import { type ActorRef, type AnyRef, Props } from "../../src/actor.ts"
import { closed } from "../support/client.ts"
import { Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** Lists its children, some of which have no name given by their parent. */
class Mother extends Parent {
  override readonly childTypes = { RecordingActor, Mother, Messenger }

  protected override hear(message: string): void {
    if (message === "list?") seen.push([...this.context.children.keys()].join(" "))
    else if (message === "another") seen.push(this.context.actorOf(Props.of(RecordingActor)).path)
    else if (message === "stranger") this.context.actorOf(Props.of(Stranger))
    else if (message === "bad name") this.context.actorOf(Props.of(RecordingActor), "a/b")
    else if (message === "messenger") this.context.actorOf(Props.of(Messenger, { home: [this.self] }), "m")
    else super.hear(message)
  }

  protected override propsOf(name: string): Props<string> {
    return name.startsWith("parent") ? Props.of(Mother, name) : Props.of(RecordingActor, name)
  }
}

/** Forwards messages to the ref in its constructor's arguments. */
class Messenger extends RecordingActor {
  constructor(private readonly address: { home: ActorRef<string>[] }) {
    super("messenger")
  }

  protected override hear(message: string): void {
    if (message === "stop home") for (const home of this.address.home) this.context.stop(home)
    for (const home of this.address.home) home.tell(`from m: ${message}`)
  }
}

class Stranger extends RecordingActor {}

const mother = (...messages: string[]) => recordingClient(Mother).send(...messages)

describe("a child", () => {
  it("is started before its first message, after the message that its parent handles", () => {
    mother("spawn a", "a hello")
    expect(seen).toEqual(["root starts", "a starts", "a: hello"])
  })

  it("is found by its name, or by a number that no other child has", () => {
    mother("spawn a", "another", "another", "$2 stop", "another", "list?")
    expect(seen.filter((line) => !line.includes("start") && !line.includes("stop"))).toEqual([
      ...["/1/$1", "/1/$2", "/1/$3", "a $1 $3"],
    ])
  })

  it("keeps its path, its children and its number through hibernation", () => {
    mother("spawn parent", "parent spawn b", "another").sleep().sleep().send("parent b hello", "another", "list?")
    expect(seen.slice(5)).toEqual(["b: hello", "/1/$2", "root starts", "parent $1 $2"])
  })

  it("is restored from its arguments, with the refs in them", () => {
    mother("messenger").sleep().sleep().send("m hello")
    expect(seen.slice(2)).toEqual(["root: from m: hello"])
  })

  it("has a name of its own, until it has stopped", () => {
    mother("spawn a", "stop a", "spawn a", "list?")
    expect(seen.slice(1)).toEqual(["a starts", "a stops", "a starts", "a"])
    const client = mother("spawn a", "spawn a")
    expect(client.received).toEqual([closed(1011)])
    expect(String(client.errors)).toContain('has a child "a" already')
  })

  it("has a name that can be a part of a path", () => {
    expect(String(mother("bad name").errors)).toContain('"a/b" cannot name an actor')
  })

  it("is of a class that its parent names, so that it can be restored", () => {
    const { errors } = mother("stranger")
    expect(String(errors)).toContain('write "override childTypes = { Stranger }" in Mother')
  })
})

describe("context.stop", () => {
  it("stops a child", () => {
    mother("spawn a", "stop a", "list?")
    expect(seen.slice(1)).toEqual(["a starts", "a stops", ""])
  })

  it("does no harm to a child that has stopped already", () => {
    class Thorough extends Mother {
      private known: AnyRef | undefined

      protected override hear(message: string): void {
        this.known ??= this.context.child("a")
        if (message === "stop it" && this.known) this.context.stop(this.known)
        else super.hear(message)
      }
    }
    recordingClient(Thorough).send("spawn a", "stop a", "stop it", "hello")
    expect(seen).toEqual(["root starts", "a starts", "a stops", "root: hello"])
  })

  it("refuses an actor that is no child", () => {
    mother("messenger", "m stop home")
    expect(seen).toEqual(["root starts", "messenger starts", "messenger stops"])
  })
})

describe("a parent that stops", () => {
  it.each(["stop", "die", "throw it"])("stops its children first: %s", (end) => {
    mother("spawn parent", "parent spawn a", "parent spawn b", "spawn c", end)
    expect(seen.slice(-5)).toEqual(["a stops", "b stops", "parent stops", "c stops", "root stops"])
  })

  it("starts no child and no timer in its postStop", () => {
    class Late extends Parent {
      override postStop(): void {
        this.context.actorOf(Props.of(RecordingActor, "late"))
        this.timers.startSingleTimer("late", "too late", 10)
        super.postStop()
      }
    }
    const client = recordingClient(Late).send("stop").advance(100)
    expect(seen).toEqual(["root starts", "root: stop", "root stops"])
    expect(client.clock.pending).toBe(0)
  })
})
