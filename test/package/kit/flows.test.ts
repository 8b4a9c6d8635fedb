import fc from "fast-check"
import { Flow, Source } from "sluice"
import { Actor, ActorFlow, type ActorRef, Props } from "sluice/actor"
import { expectTransparent, flowTest, TestClock, TestSink, TestSource } from "sluice/testing"
import { expect, it } from "vitest"

// #region counting
const counting = () =>
  Flow.of<string>().statefulMap(
    () => 0,
    (count, message) => [count + 1, `${count + 1}: ${message}`],
  )
// #endregion

// #region flow-test
it("continues to count after a sleep, and emits nothing by itself", () => {
  flowTest(counting).send("a").sleep().send("b").expect("1: a", "2: b").advance("1 minute").expectNothing()
})
// #endregion

// #region time
it("emits the last message of a burst, also after a sleep", () => {
  const flow = () => Flow.of<string>().debounce("1 second")
  flowTest(flow).send("a", "b").expectNothing().sleep().advance("1 second").expect("b")
})
// #endregion

// #region ends
it("fails with the error of its function, and completes with its input", () => {
  const numbers = () => Flow.of<string>().map((text) => JSON.parse(text))
  flowTest(numbers).send("1").expect(1).complete().expectCompleted()
  flowTest(numbers).send("one").expectFailure(SyntaxError)
})
// #endregion

// #region probes
it("merges prices, and logs no faster than the demand of the log", () => {
  const prices = new TestSource<string>()
  const log = new TestSink<string>()
  const flow = flowTest(() => Flow.of<string>().merge(prices.source).alsoTo(log.sink))
  log.request(2)
  flow.send("a").sleep()
  prices.send("3")
  flow.expect("a", "3")
  flow.send("b").expectNothing()
  log.request(1)
  flow.expect("b")
  expect(log.received).toEqual(["a", "3", "b"])
})
// #endregion

// #region clock
it("runs several flows on one clock", () => {
  const clock = new TestClock()
  const slow = flowTest(() => Flow.of<string>().delay("2 seconds"), clock).send("slow")
  const quick = flowTest(() => Flow.of<string>().delay("1 second"), clock).send("quick")
  clock.advance("1 second")
  slow.expectNothing()
  quick.expect("quick")
})
// #endregion

// #region transparent
it("hides its hibernation from clients", async () => {
  await expectTransparent(counting, { input: fc.string() })
})
// #endregion

// #region closure
const forgetful = () => {
  let count = 0 // lives in a closure, and is lost in hibernation
  return Flow.of<string>().map((message) => `${++count}: ${message}`)
}

it("finds a variable in a closure", async () => {
  await expect(expectTransparent(forgetful)).rejects.toThrow(
    `send "a" → "1: a"
  (it sleeps)
  send "a" → awake "2: a"; after the sleep "1: a"`,
  )
})
// #endregion

// #region set
const distinct = () => {
  const seen = new Set<string>()
  return Flow.of<string>().filter((message) => !seen.has(message) && seen.add(message).size > 0)
}

it("finds a collection in a closure", async () => {
  await expect(expectTransparent(distinct)).rejects.toThrow('send "a" → awake nothing; after the sleep "a"')
})
// #endregion

// #region module-test
it("finds a variable of a module", async () => {
  type Module = typeof import("./count-in-module.ts")
  const module = (version: string): Promise<Module> => import(/* @vite-ignore */ `./count-in-module.ts?${version}`)
  const check = expectTransparent(({ counting }: Module) => counting(), { module })
  await expect(check).rejects.toThrow('send "a" → awake "2: a"; after the sleep "1: a"')
})
// #endregion

// #region pinned
it("refuses a source that cannot hibernate", async () => {
  async function* live() {
    yield "a"
  }
  const pinned = () => Flow.of<string>().merge(Source.fromAsync(live()))
  await expect(expectTransparent(pinned)).rejects.toThrow("fromAsync")
})
// #endregion

// #region inner
const since = new Map<string, number>()

const counters = () =>
  Flow.of<string>().flatMapMerge(10, (name) => {
    since.set(name, (since.get(name) ?? 0) + 1)
    return Source.tick("1 second").map((n) => `${name} ${since.get(name)}.${n}`)
  })

it("finds a nested source that depends on more than its element", async () => {
  await expect(expectTransparent(counters)).rejects.toThrow("Hibernation changes")
})
// #endregion

// #region actor-field
class Forgetful extends Actor<string> {
  private count = 0 // a field, which the constructor makes anew after hibernation

  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    this.out.tell(`${++this.count}: ${message}`)
  }
}

it("finds a field of an actor beside its state", async () => {
  const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Forgetful, out))
  await expect(expectTransparent(flow)).rejects.toThrow('awake "2: a"; after the sleep "1: a"')
})
// #endregion

// #region actor-constructor
class Eager extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
    out.tell("Welcome") // belongs in preStart, which does not run after a sleep
  }

  receive(message: string) {
    this.out.tell(message)
  }
}

it("finds an actor that does something in its constructor", async () => {
  const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Eager, out))
  await expect(expectTransparent(flow)).rejects.toThrow("(it sleeps)")
})
// #endregion

// #region actor-promise
class Waiting extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  receive(message: string) {
    Promise.resolve(message).then((answer) => this.out.tell(answer)) // in memory only: use mapAsync before the actor
  }
}

it("finds a promise that an eviction loses", async () => {
  const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Waiting, out))
  await expect(expectTransparent(flow)).rejects.toThrow('send "a" → awake "a"; after the sleep nothing')
})
// #endregion

// #region actor-async
class Async extends Actor<string> {
  constructor(private readonly out: ActorRef<string>) {
    super()
  }

  async receive(message: string) {
    this.out.tell(message)
  }
}

it("shows the failure of an asynchronous receive", () => {
  const flow = () => ActorFlow.actorRef((out: ActorRef<string>) => Props.of(Async as never, out))
  flowTest(flow).send("a").expectFailure("promise")
})
// #endregion

// #region actor-children
class Child extends Actor<string> {
  receive() {}
}

class Parent extends Actor<string> {
  receive(name: string) {
    this.context.actorOf(Props.of(Child), name) // requires override childTypes = { Child }
  }
}

it("shows a class of children that its parent does not name", () => {
  const flow = () => ActorFlow.actorRef<string, string>(() => Props.of(Parent))
  flowTest(flow).send("a").expectFailure("override childTypes = { Child }")
})
// #endregion
