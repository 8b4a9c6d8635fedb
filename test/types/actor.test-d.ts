import { Actor, type ActorRef, allForOne, Kill, PoisonPill, ReceiveTimeout } from "sluice/actor"
import { describe, it } from "vitest"

declare const ref: ActorRef<"a">

describe("a ref", () => {
  it("takes its messages, PoisonPill and Kill", () => {
    ref.tell("a")
    ref.tell(PoisonPill)
    ref.tell(Kill)
    // @ts-expect-error no message of the actor
    ref.tell("b")
  })
})

describe("setReceiveTimeout", () => {
  it("is for actors that take a ReceiveTimeout", () => {
    class Deaf extends Actor<string> {
      receive() {
        // @ts-expect-error ReceiveTimeout is no message of this actor
        this.context.setReceiveTimeout("1 second")
      }
    }
    class Patient extends Actor<string | ReceiveTimeout> {
      receive(message: string | ReceiveTimeout) {
        this.context.setReceiveTimeout(message instanceof ReceiveTimeout ? message.timeout : "1 second")
      }
    }
    return [Deaf, Patient]
  })
})

describe("behaviors", () => {
  it("take the messages of the actor", () => {
    class Door extends Actor<"open" | "close"> {
      override behaviors = { open: this.whileOpen }
      receive() {}
      private whileOpen(message: "open" | "close") {
        if (message === "close") this.context.unbecome()
      }
    }
    class Wrong extends Actor<"open"> {
      // @ts-expect-error a behavior of other messages
      override behaviors = { open: (message: number) => void message }
      receive() {}
    }
    return [Door, Wrong]
  })
})

describe("a strategy", () => {
  it("decides one of four directives", () => {
    allForOne(() => "escalate")
    // @ts-expect-error no directive
    allForOne(() => "ignore")
  })
})
