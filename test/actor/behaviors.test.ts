import { describe, expect, it } from "vitest"
import { Actor, type ActorRef, oneForOne, Props, type Terminated } from "../../src/actor.ts"
import { act, logged, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** A door with a name for each of its behaviors. */
class Door extends Actor<string> {
  override behaviors = { open: this.whileOpen, locked: this.whileLocked }

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`closed: ${message}`)
    if (message === "open") this.context.become("open")
    if (message === "lock") this.context.become("locked", { discardOld: false })
    if (message === "unknown") this.context.become("ajar")
    if (message === "inherited") this.context.become("toString")
  }

  private whileOpen(message: string) {
    this.out.tell(`open: ${message}`)
    if (message === "close") this.context.unbecome()
    if (message === "lock") this.context.become("locked", { discardOld: false })
    if (message === "slam") this.context.become("locked")
    if (message === "deep") for (let depth = 0; depth < 100; depth++) this.context.become("open", { discardOld: false })
  }

  private whileLocked(message: string) {
    this.out.tell(`locked: ${message}`)
    if (message === "unlock") this.context.unbecome()
  }
}

describe("become", () => {
  it("makes a behavior handle the following messages", () => {
    expect(act(Door).send("knock", "open", "knock").received).toEqual(["closed: knock", "closed: open", "open: knock"])
  })

  it("replaces the current behavior, so that unbecome leads back to receive", () => {
    const client = act(Door).send("open", "slam", "unlock", "knock")
    expect(client.received.at(-1)).toBe("closed: knock")
  })

  it("puts a behavior on top of the current one if discardOld is false", () => {
    const client = act(Door).send("open", "lock", "unlock", "knock")
    expect(client.received.at(-1)).toBe("open: knock")
  })

  it("survives hibernation with the behaviors below", () => {
    const client = act(Door).send("open", "lock").sleep().send("knock", "unlock").sleep().send("knock")
    expect(client.received.slice(2)).toEqual(["locked: knock", "locked: unlock", "open: knock"])
  })

  it.each(["unknown", "inherited"])("refuses a name that is not among the behaviors (%s)", (message) => {
    expect(act(Door).send(message).errors.join()).toContain("add it to the behaviors of Door")
  })

  it("refuses more than 100 behaviors on top of one another", () => {
    expect(act(Door).send("open", "deep").errors.join()).toContain("Door has 100 behaviors on top of one another")
  })
})

describe("unbecome", () => {
  it("leaves receive in place if there is no behavior", () => {
    class Plain extends RecordingActor {
      protected override hear(message: string) {
        super.hear(message)
        this.context.unbecome()
      }
    }
    recordingClient(Plain).send("a", "b")
    expect(seen).toEqual(["root starts", "root: a", "root: b"])
  })
})

/** Starts a moody child, and supervises it with the directive that its message names. */
class Guardian extends RecordingActor {
  override readonly childTypes = { Moody }
  override readonly supervisorStrategy = oneForOne((error) => (`${error}`.includes("resume") ? "resume" : "restart"))

  protected override hear(message: string) {
    const child = this.context.child("moody") ?? this.context.actorOf(Props.of(Moody), "moody")
    ;(child as ActorRef<string>).tell(message)
  }
}

class Moody extends Actor<string> {
  override behaviors = { angry: (message: string) => this.hear("angry", message) }

  receive(message: string) {
    if (message === "anger") this.context.become("angry")
    this.hear("calm", message)
  }

  private hear(mood: string, message: string) {
    seen.push(`${mood}: ${message}`)
    if (message.startsWith("throw")) throw new Error(message)
  }
}

describe("a behavior", () => {
  it("is kept when the actor is resumed, and lost when it is restarted", () => {
    recordingClient(Guardian).send("anger", "throw resume", "a", "throw restart", "b")
    expect(seen.slice(1)).toEqual(["calm: anger", "angry: throw resume", "angry: a", "angry: throw restart", "calm: b"])
  })
})

/** Watches its child, and does not handle its end. */
class Dependent extends Actor<string | Terminated> {
  override readonly childTypes = { RecordingActor }

  override preStart() {
    this.context.watch(this.context.actorOf(Props.of(RecordingActor, "child"), "child"))
  }

  receive(message: string | Terminated) {
    if (message === "end") for (const child of this.context.children.values()) this.context.stop(child)
    else this.unhandled(message)
  }
}

describe("an unhandled message", () => {
  it("is a dead letter", () => {
    const client = recordingClient(Dependent as never).send("what?")
    expect(logged).toEqual(["1 dead letters for /1"])
    expect(client.errors).toEqual([])
  })

  it("fails the actor with a DeathPactError if it is the end of a watched actor", () => {
    const client = recordingClient(Dependent as never).send("end")
    expect(client.errors.join()).toContain("The watched actor /1/child has stopped, and its Terminated is not handled")
  })
})
