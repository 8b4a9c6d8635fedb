import { describe, expect, it } from "vitest"
import { type MailboxSettings, oneForOne, PoisonPill, Props } from "../../src/actor.ts"
import { closed } from "../support/client.ts"
import { ActorClient, logged, Parent, RecordingActor, seen } from "./recording-actor.ts"

/** Tells itself a number of things at once. */
class Flooded extends RecordingActor {
  protected override hear(message: string): void {
    if (message === "flood") {
      for (const n of [1, 2, 3, 4, 5]) this.self.tell(`${n}`)
      seen.push("flooded")
    } else if (message === "poison") for (const n of ["1", PoisonPill, "2", "3"] as const) this.self.tell(n)
    else seen.push(message)
  }
}

const flooded = (overflow: MailboxSettings["overflow"], capacity = 2) =>
  new ActorClient(() => Props.of(Flooded).withMailbox({ capacity, overflow }))

describe("a full mailbox", () => {
  it.each([
    ["dropHead", ["4", "5"], 3],
    ["dropTail", ["1", "5"], 3],
    ["dropNew", ["1", "2"], 3],
    ["dropBuffer", ["5"], 4],
  ] as const)("with %s keeps %j", (overflow, kept, lost) => {
    flooded(overflow).send("flood")
    expect(seen.slice(1)).toEqual(["flooded", ...kept])
    expect(logged).toEqual([expect.stringMatching(new RegExp(`^${lost} dead letters`))])
  })

  it("with fail fails the actor, which closes with 1013", () => {
    const client = flooded("fail").send("flood")
    expect(client.received).toEqual([closed(1013, "Too many messages are waiting")])
    expect(seen).toEqual(["root starts", "flooded", "root stops"])
    expect(logged).toEqual([expect.stringMatching(/^5 dead letters/)])
  })

  it("with fail is up to the parent's strategy, after the message that the actor handles", () => {
    class Patient extends Parent {
      override readonly supervisorStrategy = oneForOne(() => "resume")
      override readonly childTypes = { Flooded }
      protected override propsOf(): Props<string> {
        return Props.of(Flooded, "child").withMailbox({ capacity: 2, overflow: "fail" })
      }
    }
    new ActorClient(() => Props.of(Patient)).send("spawn a", "a flood", "a b")
    expect(seen).toEqual(["root starts", "child starts", "flooded", "1", "2", "b"])
    expect(logged).toContainEqual(expect.stringContaining("The mailbox is full: 2 messages"))
  })

  it.each(["dropHead", "dropTail", "dropNew", "dropBuffer"] as const)(
    "with %s does not lose a PoisonPill",
    (overflow) => {
      expect(flooded(overflow, 1).send("poison").received).toEqual([closed(1000)])
      expect(flooded(overflow, 2).send("poison").received).toEqual([closed(1000)])
    },
  )

  it.each(["dropHead", "dropTail", "dropNew", "dropBuffer", "fail"] as const)(
    "with %s does not drop the notice that an actor has stopped",
    (overflow) => {
      class Watcher extends Parent {
        protected override hear(message: string): void {
          if (message !== "end") super.hear(message)
          else for (const child of this.context.children.values()) this.context.stop(child)
          if (message === "end") this.self.tell("full")
        }
      }
      const props = Props.of(Watcher).withMailbox({ capacity: 1, overflow })
      new ActorClient(() => props).send("spawn a", "watch a", "spawn b", "watch b", "end")
      expect(seen.slice(3)).toEqual([
        "a stops",
        "b stops",
        "root: full",
        "root hears that a has stopped",
        "root hears that b has stopped",
      ])
    },
  )

  it("holds 1,000 messages by default, and drops later ones", () => {
    class Heavy extends RecordingActor {
      protected override hear(message: string): void {
        if (message === "flood") for (let n = 0; n < 1_005; n++) this.self.tell("drop")
        else seen.push(message)
      }
    }
    new ActorClient(() => Props.of(Heavy)).send("flood")
    expect(seen.length).toBe(1_001)
    expect(logged).toEqual([expect.stringMatching(/^5 dead letters/)])
  })

  it.each([0, -1, 1.5, Number.NaN])("cannot be bounded by %s", (capacity) => {
    expect(() => Props.of(RecordingActor).withMailbox({ capacity })).toThrow(RangeError)
  })
})

describe("the mailbox of a child", () => {
  it("has the same bound after its parent has hibernated", () => {
    class Mother extends Parent {
      override readonly childTypes = { Flooded }
      protected override propsOf(): Props<string> {
        return Props.of(Flooded, "child").withMailbox({ capacity: 2, overflow: "dropHead" })
      }
    }
    new ActorClient(() => Props.of(Mother)).send("spawn a").sleep().send("a flood")
    expect(seen.slice(2)).toEqual(["flooded", "4", "5"])
  })
})
