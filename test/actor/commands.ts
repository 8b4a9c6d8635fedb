import fc from "fast-check"
import type { AnyRef, Directive } from "../../src/actor.ts"

/** The refs that a command actor has: its own, its parent's, its output, the one in its state, and its children. */
export type Who = "self" | "boss" | "out" | "known" | "a" | "b" | "$1"
export type Kind = "CommandActor" | "InitializedActor"

/** A command of a command actor. */
export type Command =
  | { do: "say" | "forget" | "answer" | "unstash" | "unbecome" | "hurry" | "calm" | "subscribe" | "unsubscribe" }
  | { do: "become"; behavior: string; onTop: boolean }
  | { do: "keep" | "answered"; value: unknown }
  | { do: "spawn"; kind: Kind; name: "a" | "b" | undefined }
  | { do: "know" | "stop" | "watch" | "watchWith" | "unwatch" | "poison" | "kill" | "fail"; who: Who }
  | { do: "tell" | "ask"; who: Who; command: Command }
  | { do: "single" | "rate"; key: string; time: number; command: Command }
  | { do: "cancel"; key: string }
  | { do: "throw"; directive: Directive }
  | { do: "both"; commands: readonly [Command, Command] }
  /** The message of `watchWith` for an actor that has stopped. */
  | { do: "mourn"; whom: AnyRef }
  | { do: "join"; member: AnyRef }

const who = fc.constantFrom<Who>("self", "boss", "out", "known", "known", "a", "a", "a", "b", "$1")
const key = fc.constantFrom("x", "y")
const time = fc.constantFrom(0, 10, 10, 25)
/** Values that look like encoded refs must return unchanged, too. */
const value = fc.constantFrom<unknown>(
  1,
  2,
  "restless",
  "restless",
  { "sluice:actor": "/1" },
  [{ "sluice:actor": [true] }],
  null,
)

const kind = fc.constantFrom("CommandActor" as const, "InitializedActor" as const)
const name = fc.constantFrom("a" as const, "a" as const, "b" as const, undefined)

const { command } = fc.letrec<{ command: Command }>((tie) => {
  const inner = tie("command")
  const plain = fc.oneof(
    fc.record({ do: fc.constantFrom("say" as const, "say" as const, "forget" as const) }),
    fc.record({ do: fc.constantFrom("unstash" as const, "hurry" as const, "calm" as const) }),
    fc.record({
      do: fc.constant("become" as const),
      behavior: fc.constantFrom("hoarding", "hoarding", "echoing", "unknown"),
      onTop: fc.boolean(),
    }),
    fc.record({ do: fc.constantFrom("unbecome" as const, "subscribe" as const, "unsubscribe" as const) }),
    fc.record({ do: fc.constant("keep" as const), value }),
    fc.record({ do: fc.constantFrom("know" as const, "watch" as const, "watchWith" as const), who }),
    fc.record({
      do: fc.constantFrom("unwatch" as const, "stop" as const, "poison" as const, "kill" as const, "fail" as const),
      who,
    }),
    fc.record({ do: fc.constant("cancel" as const), key }),
    fc.record({
      do: fc.constant("throw" as const),
      directive: fc.constantFrom("resume", "restart", "restart", "stop", "escalate"),
    }),
    fc.record({ do: fc.constant("ask" as const), who, command: fc.constant<Command>({ do: "answer" }) }),
  )
  const spawn = fc.record({ do: fc.constant("spawn" as const), kind, name })
  const nested = fc.oneof(
    fc.record({ do: fc.constant("tell" as const), who, command: inner }),
    fc.record({ do: fc.constantFrom("single" as const, "rate" as const), key, time, command: inner }),
    fc.record({ do: fc.constant("both" as const), commands: fc.tuple(inner, inner) }),
  )
  return {
    command: fc.oneof(
      { maxDepth: 3, depthSize: "medium" },
      { weight: 4, arbitrary: plain },
      { weight: 2, arbitrary: spawn },
      { weight: 6, arbitrary: nested },
    ) as fc.Arbitrary<Command>,
  }
})

/** Most commands go to children, which survive more commands than their parent. */
const told = fc.oneof(
  { weight: 1, arbitrary: command },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("spawn" as const), kind, name }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("tell" as const), who: fc.constantFrom<Who>("a", "a", "b", "$1"), command }),
  },
)

/** An event of the object or connection that has a command actor, after which it may hibernate. */
export interface TestEvent {
  kind: "send" | "advance" | "close" | "vanish" | "stall"
  client: number
  command: Command
  value: number
  sleeps: boolean
}

const often: TestEvent["kind"][] = ["send", "send", "send", "advance"]
const seldom: TestEvent["kind"][] = ["close", "vanish", "stall"]

export const scripts: fc.Arbitrary<TestEvent[]> = fc.array(
  fc.record<TestEvent>({
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom(...often) },
      { weight: 1, arbitrary: fc.constantFrom(...seldom) },
    ),
    client: fc.constantFrom(0, 0, 1),
    command: told,
    value: fc.integer({ min: 0, max: 9 }),
    sleeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25, size: "max" },
)
