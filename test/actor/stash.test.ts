import { describe, expect, it } from "vitest"
import { Actor, ActorFlow, type ActorRef, oneForOne, Props, Terminated } from "../../src/actor.ts"
import { text } from "../../src/socket/codec.ts"
import { Client, closed } from "../support/client.ts"
import { act, logged, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** Handles messages once it is open, and stashes them until then. */
class Gate extends Actor<string> {
  override behaviors = { open: this.whileOpen }

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    if (message === "twice") this.context.stash()
    if (message === "leave") this.context.stop(this.self)
    else if (message !== "open") this.context.stash()
    else {
      this.context.unstashAll()
      this.context.become("open")
    }
  }

  private whileOpen(message: string) {
    this.out.tell(message)
    if (message === "close") this.context.unbecome()
  }
}

describe("stash", () => {
  it("keeps messages until unstashAll, which puts them first and in order", () => {
    class Busy extends Gate {
      override receive(message: string) {
        if (message === "open") this.self.tell("later")
        super.receive(message)
      }
    }
    expect(act(Busy).send("a", "b", "open", "c").received).toEqual(["a", "b", "later", "c"])
  })

  it("supports a protocol that opens and closes", () => {
    const client = act(Gate).send("a", "open", "close", "b", "open", "c")
    expect(client.received).toEqual(["a", "close", "b", "c"])
  })

  it("is kept while the actor hibernates", () => {
    expect(act(Gate).send("a", "b").sleep().send("c").sleep().send("open").received).toEqual(["a", "b", "c"])
  })

  it("refuses a message that it already has", () => {
    expect(act(Gate).send("twice").errors.join()).toContain("/1 has stashed this message already")
  })

  it("refuses to be used without a message", () => {
    class Early extends Gate {
      override preStart() {
        this.context.stash()
      }
    }
    expect(act(Early).errors.join()).toContain("/1 handles no message")
  })

  it("is bounded by the capacity of the mailbox, and closes with 1013", () => {
    const flow = ActorFlow.actorRef<string, string>((out) => Props.of(Gate, out).withMailbox({ capacity: 2 }))
    const client = new Client(text, flow).open().send("a", "b", "c")
    expect(client.received.at(-1)).toEqual(closed(1013, "Too many messages are waiting"))
  })

  it("becomes dead letters when the actor stops", () => {
    act(Gate).send("a", "b", "leave")
    expect(logged).toEqual(["2 dead letters for /1"])
  })

  it("keeps the refs in messages, and copies messages, so that later changes of them do not matter", () => {
    type Note = { to: ActorRef<string>; words: string[] }
    class Desk extends Actor<string | Note> {
      override behaviors = { open: ({ to, words }: Note) => to.tell(words.join(" ")) } as never
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      receive(message: string | Note) {
        if (typeof message !== "string") {
          this.context.stash()
          message.words.push("changed")
        } else if (message === "open") {
          this.context.become("open")
          this.context.unstashAll()
        } else this.self.tell({ to: this.out, words: [message] })
      }
    }
    const client = act(Desk as never)
      .send("hello")
      .sleep()
      .send("open")
    expect(client.received).toEqual(["hello"])
  })

  it("keeps the end of a watched actor", () => {
    class Watching extends RecordingActor {
      override readonly childTypes = { RecordingActor }
      override state = { seen: 0 }
      override preStart() {
        this.context.watch(this.context.actorOf(Props.of(RecordingActor, "child"), "child"))
      }
      override receive(message: string | Terminated) {
        if (!(message instanceof Terminated)) {
          if (message === "end") for (const child of this.context.children.values()) this.context.stop(child)
          else this.context.unstashAll()
        } else if (++this.state.seen === 1) this.context.stash()
        else super.receive(message)
      }
    }
    recordingClient(Watching as never)
      .send("end")
      .sleep()
      .send("again")
    expect(seen.at(-1)).toBe("root hears that child has stopped")
  })

  it("goes back to the mailbox at a restart", () => {
    class Boss extends RecordingActor {
      override readonly childTypes = { Employee }
      override readonly supervisorStrategy = oneForOne(() => "restart")
      protected override hear(message: string) {
        const employee = this.context.child("e") ?? this.context.actorOf(Props.of(Employee), "e")
        ;(employee as ActorRef<string>).tell(message)
      }
    }
    recordingClient(Boss).send("hello", "crash")
    expect(seen.slice(1)).toEqual(["stashed hello", "got hello"])
  })
})

/** Stashes every message before it has crashed. The crash is recorded beyond a restart. */
class Employee extends Actor<string> {
  static hasCrashed = false

  receive(message: string) {
    if (message === "crash") {
      Employee.hasCrashed = true
      throw new Error("crash")
    }
    seen.push(`${Employee.hasCrashed ? "got" : "stashed"} ${message}`)
    if (!Employee.hasCrashed) this.context.stash()
  }
}
