import { type Endpoint, Flow, Sink, Source, text, webSocket } from "sluice"
import type { ConnectionContext } from "sluice/durable"
import * as v from "valibot"
import { guardsOf } from "./guards.ts"
import { world } from "./world.ts"

/** A sink of texts, which records them and its end for the test. */
const watched = () =>
  Flow.of<string>()
    .map((text) => {
      world.seen.push(text)
      return text
    })
    .alsoTo(Sink.onComplete(() => void world.ended++))

/** The flows of a `Bench` that need nothing of their object, by their names. */
export const plainFlows: Record<string, (scope: ConnectionContext) => Endpoint> = {
  echo: () => webSocket.endpoint(text, Flow.of<string>()),
  even: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>()
        .map(Number)
        .scan(0, (sum, n) => sum + (n % 2))
        .map(String),
    ),
  begun: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>().statefulMap(
        () => ++world.begun,
        (count, text) => [count, text],
      ),
      { batch: true },
    ),
  all: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>()
        .scan("", (all, text) => all + text)
        .drop(1)
        .map((all) => `${all.length}`),
    ),
  changing: () => {
    const count = Flow.of<string>()
      .scan(0, (n) => n + 1)
      .drop(1)
      .map(String)
    return webSocket.endpoint(text, world.isNew ? count.map((n) => `new ${n}`) : count)
  },
  limited: () => webSocket.endpoint(text, Flow.of<string>(), { limits: { messagesPerSecond: 2 } }),

  guarded: ({ url }) => webSocket.endpoint(text, watched(), guardsOf(url)),
  "guarded-range": ({ url }) =>
    webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(
        Sink.ignore(),
        Source.range(1, 1_000).map((n) => `message ${n}`),
      ),
      guardsOf(url),
    ),

  idle: () => webSocket.endpoint(text, Flow.of<string>().idleTimeout("1 minute"), { onError: () => {} }),
  delay: () => webSocket.endpoint(text, Flow.of<string>().delay("5 seconds")),
  throttle: () => webSocket.endpoint(text, Flow.of<string>().throttle(1, "1 second")),
  tick: () => webSocket.endpoint(text, Flow.of<string>().merge(Source.tick("1 second").map((n) => `tick ${n}`))),
  once: () => webSocket.endpoint(text, Flow.of<string>().takeWithin("1 minute")),
  async: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>()
        .mapAsync(4, async (text) => {
          world.asked++
          // A promise of another object would keep this one from being evicted.
          await (world.isStuck ? new Promise(() => {}) : world.gate.promise)
          return `${text}!`
        })
        .scan(0, (n) => n + 1)
        .map(String),
    ),

  own: ({ cell }) => {
    const last = cell("last", "nothing")
    return webSocket.endpoint(
      text,
      Flow.of<string>().map((text) => {
        const before = last.get()
        last.set(text)
        return before
      }),
    )
  },
  mine: ({ cell }) => {
    const last = cell("last", "nothing", v.string())
    return webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(
        Sink.forEach((text: string) => last.set(text)),
        last.changes,
      ),
    )
  },
  timer: ({ cell }) => {
    const running = cell("running", false)
    const ticks = Source.tick("1 second", { while: () => running.get() }).map((n) => `tick ${n}`)
    return webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(
        Sink.forEach((text: string) => running.set(text === "on")),
        ticks,
      ),
    )
  },

  triple: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>().mapConcat((text) => [text, text, text]),
      { batch: true },
    ),
  unkept: () =>
    webSocket.endpoint(
      text,
      Flow.of<string>()
        .scan(
          () => 0,
          () => () => 1,
        )
        .map(() => "a function"),
    ),
  "fails-in-time": () =>
    webSocket.endpoint(
      text,
      Flow.of<string>()
        .delay("1 second")
        .map((): string => {
          throw new Error("It broke")
        }),
    ),
  where: ({ url, params, headers, data }) =>
    webSocket.endpoint(
      text,
      Flow.of<string>().map(() => JSON.stringify({ url, params, headers, data })),
    ),
}
