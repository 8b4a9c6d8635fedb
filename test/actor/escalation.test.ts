import { describe, expect, it } from "vitest"
import {
  type Actor,
  allForOne,
  type Directive,
  Kill,
  oneForOne,
  Props,
  type SupervisorStrategy,
} from "../../src/actor.ts"
import { closed } from "../support/client.ts"
import { logged, Parent, recordingClient, seen } from "./recording-actor.ts"

/** The client of a root with `strategy`, below which `boss` with `below` has the children a and b. */
function family(strategy: SupervisorStrategy, below: SupervisorStrategy) {
  class Boss extends Parent {
    override readonly supervisorStrategy = below
    override readonly childTypes: Actor<never>["childTypes"] = { Parent }
    protected override propsOf(name: string): Props<string> {
      return Props.of(Parent, name)
    }
  }
  class Root extends Parent {
    override readonly supervisorStrategy = strategy
    override readonly childTypes: Actor<never>["childTypes"] = { Boss }
    protected override propsOf(): Props<string> {
      return Props.of(Boss, "boss")
    }
  }
  const client = recordingClient(Root).send("spawn boss", "boss spawn a", "boss spawn b", "watch boss")
  seen.length = 0
  return client
}

const always = (directive: Directive) => oneForOne(() => directive)

describe("escalate", () => {
  it("makes the parent fail, so that its supervisor decides", () => {
    family(always("restart"), always("escalate")).send("boss a throw it", "boss hello")
    expect(seen).toEqual(["a: throw it", "a stops", "b stops", "boss stops", "boss starts", "boss: hello"])
    expect(logged).toEqual(["/1/boss/a: actor failed: escalate Error: it", "/1/boss: actor failed: restart Error: it"])
  })

  it("leaves the child as it is if the parent is resumed", () => {
    family(always("resume"), always("escalate")).send("boss a throw it", "boss a hello")
    expect(seen).toEqual(["a: throw it", "a: hello"])
  })

  it("stops the parent and its children if the directive is stop", () => {
    family(always("stop"), always("escalate")).send("boss a throw it")
    expect(seen).toEqual(["a: throw it", "a stops", "b stops", "boss stops", "root hears that boss has stopped"])
  })

  it("fails the flow with the error if no supervisor handles it", () => {
    const client = family(always("escalate"), always("escalate")).send("boss a throw it")
    expect(client.received.at(-1)).toEqual(closed(1011))
    expect(client.errors.join()).toContain("it")
  })
})

describe("allForOne", () => {
  const restarting = allForOne(() => "restart", { maxRestarts: 1 })

  it("restarts all children", () => {
    family(always("stop"), restarting).send("boss a throw it", "boss b hello")
    expect(seen).toEqual(["a: throw it", "a stops", "a starts", "b stops", "b starts", "b: hello"])
  })

  it("stops all children", () => {
    family(
      always("stop"),
      allForOne(() => "stop"),
    ).send("boss a throw it", "boss hello")
    expect(seen).toEqual(["a: throw it", "a stops", "b stops", "boss: hello"])
  })

  it("resumes the child that threw, and leaves the others alone", () => {
    family(
      always("stop"),
      allForOne(() => "resume"),
    ).send("boss a throw it", "boss a hello", "boss b hello")
    expect(seen).toEqual(["a: throw it", "a: hello", "b: hello"])
  })

  it("stops all children after too many restarts of one of them", () => {
    family(always("stop"), restarting).send("boss a throw it", "boss b throw that")
    expect(seen.slice(5)).toEqual(["b: throw that", "a stops", "b stops"])
  })

  it.each([0, 1.5])("refuses %d restarts", (maxRestarts) => {
    expect(() => allForOne(() => "stop", { maxRestarts })).toThrow(RangeError)
  })
})

describe("Kill", () => {
  it("fails an actor after the messages before it, and its supervisor decides", () => {
    class Killer extends Parent {
      override readonly supervisorStrategy = always("restart")
      protected override hear(message: string) {
        if (message !== "kill") super.hear(message)
        else for (const child of this.context.children.values()) child.tell(Kill)
      }
    }
    recordingClient(Killer).send("spawn a", "kill", "a hello")
    expect(seen.slice(2)).toEqual(["a stops", "a starts", "a: hello"])
    expect(logged).toEqual(["/1/a: actor failed: restart ActorKilledError: /1/a got Kill"])
  })
})
