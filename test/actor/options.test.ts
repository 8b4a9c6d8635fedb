import { Flow, Sink, Source, text, webSocket } from "sluice"
import {
  Actor,
  ActorFlow,
  type ActorRef,
  allForOne,
  oneForOne,
  Props,
  Source as Refs,
  Sink as ToActors,
} from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { flowTest } from "sluice/testing"
import { describe, expect, it } from "vitest"
import { MemoryObject } from "../support/memory-object.ts"

class Silent extends Actor<string> {
  receive() {}
}

const silent = (_out: ActorRef<string>) => Props.of(Silent)

/** Functions that are called with options of a program without types. */
const places: Record<string, (options: never) => unknown> = {
  oneForOne: (options) => oneForOne(() => "stop", options),
  allForOne: (options) => allForOne(() => "stop", options),
  "ActorFlow.actorRef": (options) => ActorFlow.actorRef(silent, options),
  "Source.actorRef": (options) => Refs.actorRef(options),
  "Sink.actorRef": (options) => ToActors.actorRef(Refs.actorRef<string>().ref, options),
}

const words: Record<string, string> = {
  oneForOne: 'option of a supervisor strategy "colour": there are maxRestarts, within',
  allForOne: 'option of a supervisor strategy "colour": there are maxRestarts, within',
  "ActorFlow.actorRef": 'actorRef option "colour": there are bufferSize, overflow',
  "Source.actorRef": 'actorRef option "colour": there are bufferSize, overflow',
  "Sink.actorRef": 'Sink.actorRef option "colour": there are onInitMessage, onCompleteMessage, onFailureMessage',
}

describe("an option that actors do not have", () => {
  it.each(Object.entries(words))("is refused: %s", (place, error) => {
    const call = (options: object) => places[place]?.(options as never)
    expect(() => call({ colour: "red" })).toThrow(new TypeError(`There is no ${error}`))
    expect(() => call({ colour: undefined })).not.toThrow()
  })

  it("is refused: become", () => {
    class Door extends Actor<string> {
      override readonly behaviors = { open() {} }

      receive() {
        this.context.become("open", { discard: true } as never)
      }
    }
    const flow = () => ActorFlow.actorRef<string, string>(() => Props.of(Door))
    flowTest(flow).send("a").expectFailure('There is no become option "discard": there is discardOld')
  })
})

class Room extends FlowObject {
  private readonly news = this.hub<string>("news")

  readonly buffers: Record<string, (overflow: never) => unknown> = {
    "an actorRef": (overflow) => Refs.actorRef({ overflow }),
    "a mailbox": (overflow) => Props.of(Silent).withMailbox({ overflow }),
    "a subscriber": (overflow) => this.news.source({ overflow }),
    "a subscriber of a shared source": (overflow) => this.share("ticks", Source.never(), { overflow }),
  }

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.news.source()))
  }
}

describe("an overflow strategy that does not exist", () => {
  it.each([
    ["an actorRef", "an actorRef"],
    ["a mailbox", "a mailbox"],
    ["a subscriber", "a subscriber"],
    ["a subscriber of a shared source", "a subscriber"],
  ])("is refused: that of %s", (place, name) => {
    for (const overflow of ["backpressure", "drophead"]) {
      const { buffers } = new MemoryObject(Room).instance
      const error = `The overflow of ${name} is "${overflow}": write "dropHead" or "dropTail"`
      expect(() => buffers[place]?.(overflow as never)).toThrow(error)
    }
  })
})
