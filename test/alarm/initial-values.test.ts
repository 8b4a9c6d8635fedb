import { Flow, text, webSocket } from "sluice"
import { Actor, ActorFlow, type ActorRef, oneForOne, Props } from "sluice/actor"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { MemoryObject } from "sluice/testing"
import * as v from "valibot"
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

/** Lives in a cell, whose schema makes it again of its stored form. */
class Money {
  constructor(readonly cents: number) {}

  plus(cents: number) {
    return new Money(this.cents + cents)
  }
}

class Till extends FlowObject {
  private readonly money = this.cell("money", new Money(0), {
    schema: v.pipe(
      v.object({ cents: v.number() }),
      v.transform(({ cents }) => new Money(cents)),
    ),
  })
  private readonly unset = this.cell("unset", { print: () => "no value" })

  protected accept() {
    const adding = Flow.of<string>().map((cents) => {
      this.money.update((money) => money.plus(Number(cents)))
      return `${this.money.get().cents}, ${this.unset.get().print()}`
    })
    return webSocket.endpoint(text, adding)
  }
}

it("the initial value of a cell keeps its class and its functions", async () => {
  const till = new MemoryObject(Till)
  const client = await till.connect(text)
  await client.send("1")
  await client.expect("1, no value")
  await till.evict()
  await client.send("2")
  await client.expect("3, no value")
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

/** Each instance of a child begins with it. */
const noneSaid: string[] = []

class Child extends Actor<string> {
  override state = noneSaid

  receive(message: string) {
    if (message === "fail") throw new Error("failed")
    this.state.push(message)
  }
}

/** Passes each message to its child, which restarts when it fails. */
class Parent extends Actor<string> {
  override readonly childTypes = { Child }
  override readonly supervisorStrategy = oneForOne(() => "restart")

  receive(message: string) {
    const child = this.context.child("child") ?? this.context.actorOf(Props.of(Child), "child")
    child.tell(message as never)
  }
}

class Home extends FlowObject {
  readonly parent = this.actor("parent", Props.of(Parent))

  protected accept() {
    return new Response()
  }
}

it("the initial state of a child is the same after hibernation and a restart", async () => {
  const home = new MemoryObject(Home)
  const tell = (message: string) => home.inside(({ parent }) => parent.tell(message))
  await tell("a")
  await home.evict()
  await tell("fail")
  await tell("b")
  expect(noneSaid).toEqual([])
})
