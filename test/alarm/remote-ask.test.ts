import { Flow, Sink, Source, text, webSocket } from "sluice"
import { Actor, AskTimeoutError, Props } from "sluice/actor"
import { FlowObject, remoteActor } from "sluice/durable"
import { beforeEach, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

/** The questions that another object has got. */
let asked: unknown[]
/** The answers to them, as this object has got them. */
let answers: Promise<unknown>[]

const namespace = {
  getByName: () => ({
    async sluiceAsk(_name: string, message: unknown) {
      asked.push(message)
      return `${message}!`
    },
  }),
}

const far = remoteActor<string>(namespace, "there", "counter")

/** Asks, and then has a state that cannot be stored. */
class Unstorable extends Actor<string> {
  override state: unknown = 0

  receive(message: string) {
    answers.push(far.ask(message, 20))
    this.state = () => {}
  }
}

class Asking extends FlowObject<unknown, string> {
  private readonly unstorable = this.actor("unstorable", Props.of(Unstorable))

  protected accept() {
    const ask = Sink.forEach((message: string) => this.ask(message))
    return webSocket.endpoint(text, Flow.fromSinkAndSource(ask, Source.never<string>()))
  }

  private ask(message: string): void {
    if (message === "actor") this.unstorable.tell(message)
    else if (message === "transaction") answers.push(this.ctx.storage.transaction(() => far.ask(message, 20)))
    else answers.push(far.ask(message, 20))
  }
}

beforeEach(() => {
  logged()
  asked = []
  answers = []
})

async function ask(how: string): Promise<unknown> {
  const object = new MemoryObject(Asking)
  object.send(await object.connect(), how)
  await settled()
  // A test that waits for ever would not end, because its clock stands still.
  return Promise.race([answers[0], new Promise((resolve) => setTimeout(resolve, 5_000, "It hangs"))])
}

it("an ask of another object's actor gets its answer", async () => {
  expect(await ask("flow")).toBe("flow!")
})

it.each([
  ["by an actor whose state cannot be stored", "actor"],
  ["that its transaction waits for", "transaction"],
])("an ask %s ends in a timeout, and is never sent", async (_, how) => {
  await expect(ask(how)).rejects.toThrow(AskTimeoutError)
  await settled()
  expect(asked).toEqual([])
})
