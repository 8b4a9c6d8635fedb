import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { messages, text } from "../../src/socket/codec.ts"
import { Message } from "../../src/socket/message.ts"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { Client, closed } from "../support/client.ts"
import { type Step, steps } from "../support/operators.ts"
import { disconnected, sinks, sources } from "../support/plans.ts"
import { show, TestEnvironment } from "../support/test-environment.ts"

const runs = 10_000

const numbers = text.map(Number).contramap(String)
/** The peer's close is an element too, and -1 closes the socket. */
const watchful = messages
  .map((message) => (message.type === "text" ? Number(message.text) : -2))
  .contramap((n: number) => (n === -1 ? Message.close(4002, "asked for") : Message.text(String(n))))

const operators = steps(1)
const anyStep: fc.Arbitrary<Step> = fc.oneof(...Object.values(operators))
const ends = disconnected(sources(anyStep), sinks(anyStep))
const flows = fc.tuple(fc.option(ends, { freq: 3 }), fc.array(anyStep, { maxLength: 4 })).map(([ends, below]) => ({
  make: (environment: TestEnvironment) =>
    below.reduce((flow, step) => flow.via(step.make(environment)), ends?.make(environment) ?? Flow.of<number>()),
  [fc.toStringMethod]: () => [ends?.text ?? "Flow.of()", ...below.map(({ text }) => text)].join("."),
}))

const limits = fc.record({
  maxQueuedMessages: fc.constantFrom(1, 2, 4),
  queueOverflow: fc.constantFrom<"fail" | "dropHead" | "dropNew">("fail", "dropHead", "dropNew"),
  messagesPerSecond: fc.constantFrom(3, 20, Infinity),
  maxMessageSize: fc.constantFrom(3, 1_000),
})

interface TestEvent {
  kind: "send" | "advance" | "offer" | "toggle" | "nonsense" | "huge" | "close" | "vanish" | "completeQueue"
  value: number
  sleeps: boolean
}

const often: TestEvent["kind"][] = ["send", "send", "send", "send", "advance", "advance", "offer", "toggle"]
const scripts = fc.array(
  fc.record<TestEvent>({
    kind: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...often) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<TestEvent["kind"]>("nonsense", "huge", "close", "vanish", "completeQueue"),
      },
    ),
    value: fc.integer({ min: -1, max: 9 }),
    sleeps: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25, size: "max" },
)

function apply({ kind, value }: TestEvent, client: Client<number, number>, environment: TestEnvironment): void {
  if (kind === "send") client.send(String(value))
  if (kind === "advance") client.advance((value + 1) * 5)
  if (kind === "offer") environment.queue?.offer(value)
  if (kind === "completeQueue") environment.queue?.complete()
  if (kind === "nonsense") client.send(new Uint8Array(1))
  if (kind === "huge") client.send("1234")
  if (kind === "close") client.close(value % 2 === 0 ? 4000 + value : undefined)
  if (kind === "vanish") client.vanish()
  if (kind === "toggle") {
    environment.running = !environment.running
    client.reevaluate()
  }
}

describe("clients cannot observe the hibernation of a connection", () => {
  it("of any flow, with any limits and any close", { timeout: 60_000 }, () => {
    const codecs = fc.constantFrom(numbers, watchful)
    fc.assert(
      fc.property(flows, codecs, limits, scripts, ({ make }, codec, limits, script) => {
        const observe = (sleeps: boolean) => {
          const environment = new TestEnvironment()
          const client = new Client(codec, make(environment), limits).open()
          return script.map((event) => {
            apply(event, client, environment)
            if (sleeps && event.sleeps) client.hibernate(make(environment))
            const { received, errors } = client
            return `${event.kind}(${event.value}) ${show({ received, errors, did: environment.notes })}`
          })
        }
        expect(observe(true)).toEqual(observe(false))
      }),
      { numRuns: runs },
    )
  })

  it("whose socket was closed before the flow had completed", () => {
    const flow = () => Flow.of<string>().delay(100)
    const client = new Client(text, flow()).open().send("a").close(4000)
    expect(client.hibernate(flow()).advance(200).received).toEqual([closed(4000)])
  })

  it("whose inbox is full", () => {
    const flow = () =>
      Flow.of<string>()
        .zip(Source.tick(100, { initialDelay: 100 }))
        .map(([message]) => message)
    const client = new Client(text, flow(), { maxQueuedMessages: 2 }).open().send("a", "b", "c").hibernate(flow())
    expect(client.send("d").received).toEqual([closed(1013, "The inbox is full")])
  })

  it("whose messages of this second are used up", () => {
    const flow = () => Flow.of<string>()
    const client = new Client(text, flow(), { messagesPerSecond: 1 }).open().send("a").hibernate(flow())
    expect(client.send("b").received).toEqual(["a", closed(1008, "1 messages a second are allowed")])
  })

  it("whose flow has cancelled its input and still has an element on its way", () => {
    const flow = () =>
      Flow.fromSinkAndSource(Flow.of<string>().take(1).delay(100).to(Sink.ignore()), Source.never<string>())
    const client = new Client(text, flow()).open().send("a").hibernate(flow())
    expect(client.received).toEqual([])
    expect(client.advance(100).received).toEqual([closed(1000)])
  })

  it("whose flow has failed: later failures are not reported again", () => {
    const broken = (): string => {
      throw new Error("broken")
    }
    const flow = () =>
      Flow.fromSinkAndSource(
        Flow.of<string>().delay(100).map(broken).to(Sink.ignore()),
        Source.tick(50, { initialDelay: 50 }).map(broken),
      )
    const client = new Client(text, flow()).open().send("a").advance(50).hibernate(flow()).advance(100)
    expect(client.received).toEqual([closed(1011)])
    expect(client.errors).toEqual([new Error("broken")])
  })

  const late = Flow.of<string>()
    .statefulMap(
      () => 0,
      (count, message: string) => [count + 1, message],
      String,
    )
    .throttle(1, 100)
    .to(Sink.ignore())
  const expiring = Source.never<string>().completionTimeout(50)
  const rest = () => Source.tick(1_000).map(String)
  it.each([
    ["an alsoTo", () => Flow.of<string>().completionTimeout(50).alsoTo(late).recoverWith(rest), ["a", "b"]],
    [
      "a flow of coupled ends",
      () => Flow.fromSinkAndSourceCoupled<string, string>(late, expiring).recoverWith(rest),
      [],
    ],
    [
      "a nested alsoTo",
      () => Flow.of<string>().flatMapConcat(() => Source.from("ab").concat(expiring).alsoTo(late).recoverWith(rest)),
      ["a", "b"],
    ],
  ])("whose flow has recovered from a failure that reaches a sink later: in %s", (_, flow, before) => {
    const client = new Client(text, flow()).open().send("a", "b").advance(50).hibernate(flow())
    expect(client.advance(1_000).received).toEqual([...before, "0", "1"])
    expect(client.errors).toEqual([])
  })

  it("whose flow has ended with an element in a zip", () => {
    const flow = () =>
      Flow.fromSinkAndSource(
        Flow.of<string>()
          .zip(Source.single(0).zip(Source.tick(10, { initialDelay: 5 })))
          .to(Sink.ignore()),
        Source.never<string>(),
      )
    const client = () => new Client(text, flow()).open().send("a", "b").advance(5)
    expect(client().received).toEqual([closed(1000)])
    expect(client().hibernate(flow()).received).toEqual([closed(1000)])
  })
})
