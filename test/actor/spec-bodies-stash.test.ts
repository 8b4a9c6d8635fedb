import { describe, expect, it } from "vitest"
import { Actor, type ActorRef, oneForOne, Props, ReceiveTimeout } from "../../src/actor.ts"
import { act, logged, Parent, RecordingActor, recordingClient, seen } from "./recording-actor.ts"

/** Assertions in the bodies of Pekko's specs of the stash and the receive timeout that their titles do not name. */

/** Stashes all but "open", and then handles each message as `handle` says. */
abstract class Stasher extends Actor<string> {
  override behaviors = { open: this.handle }

  constructor(protected readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    if (message !== "open") this.context.stash()
    else {
      this.context.become("open")
      this.context.unstashAll()
    }
  }

  protected abstract handle(message: string): void
}

describe("unstashAll", () => {
  it("unstashes the messages that are in the stash now, and not those that are stashed again meanwhile", () => {
    class Twice extends Stasher {
      protected handle(message: string) {
        if (message === "again") this.context.unstashAll()
        else if (message === "m2") this.context.stash()
        else this.out.tell(message)
      }
    }
    const client = act(Twice).send("m1", "m2", "m3", "open")
    expect(client.received).toEqual(["m1", "m3"])
    // "m2" is stashed again, and waits for the next call.
    expect(client.sleep().send("again", "m4").received).toEqual(["m1", "m3", "m4"])
    class Open extends Twice {
      protected override handle(message: string) {
        if (message === "m2") this.context.become("late")
        super.handle(message)
      }
      override behaviors = { open: this.handle, late: (message: string) => this.late(message) } as never
      private late(message: string) {
        if (message === "again") this.context.unstashAll()
        else this.out.tell(`late ${message}`)
      }
    }
    expect(act(Open).send("m1", "m2", "m3", "open", "again").received).toEqual(["m1", "late m3", "late m2"])
  })

  it("makes dead letters of the messages that are not handled before the actor stops", () => {
    class Ending extends Stasher {
      protected handle(message: string) {
        this.out.tell(message)
        this.context.stop(this.context.self)
      }
    }
    const client = act(Ending).send("one", "two", "three", "open")
    expect(client.received[0]).toBe("one")
    expect(logged).toEqual(["2 dead letters for /1"])
  })

  it("makes an unhandled message a dead letter, and continues with the next", () => {
    class Partial extends Stasher {
      protected handle(message: string) {
        if (message === "odd") this.unhandled(message)
        else this.out.tell(message)
      }
    }
    expect(act(Partial).send("odd", "a", "b", "odd", "c", "open", "d").received).toEqual(["a", "b", "c", "d"])
    expect(logged).toEqual(["2 dead letters for /1"])
  })
})

/** Stashes everything but "open" and "boom". */
class Hoarder extends RecordingActor {
  private isOpen = false

  protected override hear(message: string) {
    if (message === "boom") throw new Error(message)
    if (message === "open") this.isOpen = true
    if (this.isOpen) this.context.unstashAll()
    else this.context.stash()
    if (this.isOpen) super.hear(message)
  }
}

/** A parent that resumes or restarts a hoarder. */
function keeperOf(directive: "resume" | "restart", capacity = 1_000) {
  class Keeper extends Parent {
    override readonly supervisorStrategy = oneForOne(() => directive)
    override readonly childTypes: Actor<never>["childTypes"] = { Hoarder }
    protected override propsOf(name: string) {
      return Props.of(Hoarder, name).withMailbox({ capacity })
    }
  }
  return recordingClient(Keeper).send("spawn a")
}

describe("a stash", () => {
  it("keeps its messages when it is full, and fails with the next message", () => {
    keeperOf("resume", 3).send("a m1", "a m2", "a m3", "a m4", "a open")
    expect(seen.slice(2)).toEqual(["a: open", "a: m1", "a: m2", "a: m3"])
    expect(logged.join()).toContain("The stash of /1/a is full: 3 messages")
  })

  it("takes a message once, also where the error of the second time is caught", () => {
    class Doubter extends Stasher {
      override receive(message: string) {
        super.receive(message)
        if (message === "open") return
        expect(() => this.context.stash()).toThrow("has stashed this message already")
      }
      protected handle(message: string) {
        this.out.tell(message)
      }
    }
    expect(act(Doubter).send("hello", "hello", "open").received).toEqual(["hello", "hello"])
  })

  it("is put back before later messages by a restart", () => {
    keeperOf("restart").send("a m1", "a m2", "a boom", "a open")
    // The new instance stashes them anew.
    expect(seen.slice(2)).toEqual(["a stops", "a starts", "a: open", "a: m1", "a: m2"])
  })
})

describe("a receive timeout", () => {
  class Patient extends Actor<string | ReceiveTimeout> {
    constructor(private readonly out: ActorRef<string>) {
      super()
    }
    override postStop() {
      seen.push("stopped")
    }
    receive(message: string | ReceiveTimeout) {
      if (message instanceof ReceiveTimeout) {
        this.out.tell(`${message.timeout}`)
        this.context.cancelReceiveTimeout()
      } else if (message !== "tick") for (const time of message.split(" ")) this.set(time)
    }
    private set(time: string) {
      if (time === "stop") this.context.stop(this.context.self)
      else this.context.setReceiveTimeout(Number(time))
    }
  }
  const patient = (...messages: string[]) => act(Patient as never).send(...messages)

  it("can be cancelled by the actor when it handles it", () => {
    const client = patient("10").advance(10).advance(100).send("tick").advance(100)
    expect(client.received).toEqual(["10"])
    expect(client.clock.pending).toBe(0)
  })

  it("is the last one of several that are set for one message", () => {
    expect(patient("20 10").advance(9).received).toEqual([])
    expect(patient("20 10").advance(10).received).toEqual(["10"])
    expect(patient("10 20").advance(19).received).toEqual([])
  })

  it("is sent once after 100 messages, a timeout after the last", () => {
    const client = patient("10")
    for (let n = 0; n < 100; n++) client.advance(9).send("tick")
    expect(client.received).toEqual([])
    expect(client.advance(10).received).toEqual(["10"])
  })

  it("is not sent after a stop in the same message", () => {
    const client = patient("10 stop").advance(100)
    expect(seen).toEqual(["stopped"])
    expect(client.clock.pending).toBe(0)
    expect(logged).toEqual([])
  })
})
