import { Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, oneForOne, Props } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { MemoryObject } from "sluice/testing"
import { expect, it } from "vitest"

/** Shared by all objects of the class, as a constant of a module is. */
const nothing: string[] = []

/** Changes the values of its cells in place, and sets them. */
class Careless extends FlowObject {
  private readonly said = this.cell("said", nothing)

  protected accept({ cell }: ConnectionContext) {
    const own = cell("own", nothing)
    const adding = Flow.of<string>().map((message) => {
      for (const list of [this.said, own]) {
        list.update((said) => {
          said.push(message)
          return said
        })
      }
      return `${this.said.get()} / ${own.get()}`
    })
    return webSocket.endpoint(text, adding)
  }

  async end() {
    await this.destroy()
  }
}

it("the initial value of a cell is the same for each object, each connection, and after the end of an object", async () => {
  const first = new MemoryObject(Careless, { name: "first" })
  const second = new MemoryObject(Careless, { name: "second" })
  await (await first.connect(text)).send("secret")
  const [ann, bob] = [await first.connect(text), await second.connect(text)]
  await ann.send("a")
  await bob.send("b")
  await ann.expect("secret,a / a")
  await bob.expect("b / b")
  await first.inside((object) => object.end())
  const late = await first.connect(text)
  await late.send("c")
  await late.expect("c / c")
  expect(nothing).toEqual([])
})

const empty = { said: new Set<string>(), refs: { out: undefined as ActorRef<string> | undefined } }

/** Changes its state in place, which is a constant of the module at first. */
class Listening extends Actor<string> {
  override state = empty

  constructor(out?: ActorRef<string>) {
    super()
    if (out) this.state = { ...empty, refs: { out } }
  }

  receive(message: string) {
    if (message === "fail") throw new Error("failed")
    this.state.said.add(message)
    const { out } = this.state.refs
    const told = [...this.state.said].join()
    if (out) out.tell(told)
    else this.context.sender.tell(told)
  }
}

class Hall extends FlowObject {
  private readonly hall = this.actor("hall", Props.of(Listening), { supervisorStrategy: oneForOne(() => "restart") })

  protected accept() {
    return webSocket.endpoint(
      text,
      ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Listening, out)),
    )
  }

  ask(message: string) {
    return this.hall.ask<string>(message, "1 second").catch(() => "no answer")
  }
}

it("the initial state of an actor is the same for each actor of its class, and after a restart", async () => {
  const hall = new MemoryObject(Hall)
  const [ann, bob] = [await hall.connect(text), await hall.connect(text)]
  await ann.send("a")
  await bob.send("b")
  await ann.expect("a")
  await bob.expect("b")
  expect(await hall.inside((object) => object.ask("c"))).toBe("c")
  await hall.inside((object) => void object.ask("fail"))
  expect(await hall.inside((object) => object.ask("d"))).toBe("d")
  expect(empty.said.size).toBe(0)
})
