import { describe, expect, it } from "vitest"
import { Actor, type ActorRef, oneForOne, Props, ReceiveTimeout } from "../../src/actor.ts"
import { act } from "./recording-actor.ts"

/** Sets its receive timeout by command. */
class Patient extends Actor<string | ReceiveTimeout> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string | ReceiveTimeout) {
    if (message instanceof ReceiveTimeout) this.out.tell(`${message.timeout} at ${this.context.now()}`)
    else if (message === "off") this.context.cancelReceiveTimeout()
    else if (message === "timer") this.timers.startSingleTimer("timer", "tick", 8)
    else if (message === "throw") throw new Error("thrown")
    else if (message !== "tick") this.context.setReceiveTimeout(Number(message))
  }
}

const patient = (...messages: string[]) => act(Patient as never).send(...messages)

describe("a receive timeout", () => {
  it("is a message when the actor has received none for that long", () => {
    expect(patient("10").advance(9).received).toEqual([])
    expect(patient("10").advance(10).received).toEqual(["10 at 10"])
  })

  it("comes again after each such time", () => {
    expect(patient("10").advance(10).advance(10).received).toEqual(["10 at 10", "10 at 20"])
  })

  it("starts again with every message, those of timers included", () => {
    expect(patient("10").advance(9).send("tick").advance(9).received).toEqual([])
    expect(patient("10", "timer").advance(8).advance(9).received).toEqual([])
    expect(patient("10").advance(9).send("tick").advance(10).received).toEqual(["10 at 19"])
  })

  it("is the one that was set last", () => {
    expect(patient("10", "30").advance(20).advance(10).received).toEqual(["30 at 30"])
  })

  it("ends when it is cancelled, and can be set again", () => {
    const client = patient("10", "off").advance(100)
    expect(client.received).toEqual([])
    expect(client.clock.pending).toBe(0)
    expect(client.send("10").advance(10).received).toEqual(["10 at 110"])
  })

  it("is not sent to an actor that has set none", () => {
    expect(patient("tick").advance(1000).received).toEqual([])
  })

  it("survives hibernation, by the clock", () => {
    const client = patient("10").advance(4).sleep().advance(6)
    expect(client.received).toEqual(["10 at 10"])
    expect(client.sleep().advance(9).sleep().advance(1).received).toEqual(["10 at 10", "10 at 20"])
  })

  it("ends with the actor", () => {
    expect(patient("10").close().clock.pending).toBe(0)
    expect(patient("10", "throw").clock.pending).toBe(0)
  })

  it("ends with a restart, unless preStart sets it again", () => {
    class Ward extends Actor<string> {
      override readonly childTypes = { Patient, Prompt }
      override readonly supervisorStrategy = oneForOne(() => "restart")
      constructor(private readonly out: ActorRef<string>) {
        super()
      }
      override preStart() {
        this.context.actorOf(Props.of(Patient, this.out), "patient")
        this.context.actorOf(Props.of(Prompt, this.out), "prompt")
      }
      receive(message: string) {
        for (const child of this.context.children.values()) (child as ActorRef<string>).tell(message)
      }
    }
    expect(act(Ward).send("10", "throw").advance(10).received).toEqual(["5 at 5", "5 at 10"])
  })

  it.each(["0", "-1", "NaN"])("refuses a time of %s", (time) => {
    expect(patient(time).errors.join()).toContain("RangeError")
  })
})

/** Sets a receive timeout before it starts. */
class Prompt extends Patient {
  override preStart() {
    this.context.setReceiveTimeout(5)
  }

  override receive(message: string | ReceiveTimeout) {
    if (message === "throw" || message instanceof ReceiveTimeout) super.receive(message)
  }
}
