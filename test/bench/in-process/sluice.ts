import { Flow, json, Sink, Source, systemClock, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import type { Endpoint } from "../../../src/socket/endpoint.ts"
import { attach } from "../../../src/socket/worker-target.ts"
import { InEvent, OutEvent, shout } from "../workers/messages.ts"
import { received } from "./client.ts"
import { FakeSocket, withSocket } from "./fake-object.ts"
import {
  add,
  addOne,
  type Contestant,
  double,
  groupSize,
  type Handler,
  isOdd,
  parallelism,
  resolved,
  ways,
  xor,
} from "./work.ts"

/** The server's end of a pair whose client is the caller of `receive`. */
class FakeServer {
  receive: (event: { data: string }) => void = () => {}

  constructor(readonly send: (data: unknown) => void) {}

  addEventListener(type: string, listener: (event: { data: string }) => void): void {
    if (type === "message") this.receive = listener
  }

  accept(): void {}
  close(): void {}
}

function attached(endpoint: Endpoint): Handler<string> {
  return (emit) => {
    const server = new FakeServer(emit)
    Reflect.set(globalThis, "WebSocketPair", function WebSocketPair() {
      return { 0: {}, 1: server }
    })
    attach(endpoint, systemClock, { route: "/echo", id: "1" }, false)
    return (data) => server.receive({ data })
  }
}

const shouting = webSocket.endpoint(text, Flow.of<string>().map(shout))

class EchoObject extends FlowObject {
  protected accept() {
    return shouting
  }
}

class CounterObject extends FlowObject {
  protected accept() {
    const counted = Flow.of<string>().statefulMap(
      () => 0,
      (count) => [count + 1, String(count + 1)],
    )
    return webSocket.endpoint(text, counted)
  }
}

const worked = Flow.of<number>()
  .map(addOne)
  .filter(isOdd)
  .scan(0, add)
  // The initial value comes before any element.
  .drop(1)
  .map(double)

export const contestant: Contestant = {
  echo: attached(shouting),
  object: (emit) => withSocket(EchoObject, new FakeSocket(emit, false)),
  model: attached(
    webSocket.endpoint(
      json(InEvent, OutEvent),
      Flow.of<InEvent>().map(({ foo }) => ({ bar: foo })),
    ),
  ),
  client: received(),
  counter: (emit) => withSocket(CounterObject, new FakeSocket(emit, process.env.BENCH_CLONE === "yes")),
  push: (emit) => {
    const queue = Source.queue<number>(16)
    void queue.source.via(worked).runWith(Sink.forEach(emit))
    return (n) => void queue.offer(n)
  },
  mergePush: (emit) => {
    const queues = Array.from({ length: ways }, () => Source.queue<number>(16))
    const [first, ...others] = queues.map(({ source }) => source)
    if (!first) throw new Error("There is nothing to merge")
    let merged = first
    for (const other of others) merged = merged.merge(other)
    void merged.runWith(Sink.forEach(emit))
    return (n) => void queues[n % ways]?.offer(n)
  },
  broadcastPush: (emit) => {
    const queue = Source.queue<number>(16)
    const branches = Array.from({ length: ways }, () => Flow.of<number>().map(addOne))
    void queue.source.broadcast(...branches).runWith(Sink.forEach(emit))
    return (n) => void queue.offer(n)
  },
  bulk: (count) =>
    Source.range(0, count - 1)
      .map(addOne)
      .filter(isOdd)
      .scan(0, add)
      .map(double)
      .runWith(Sink.fold(0, xor)),
  mapAsync: (count) => Source.range(1, count).mapAsync(parallelism, resolved).runWith(Sink.fold(0, add)),
  merge(count) {
    const source = Source.range(1, count / ways)
    let merged = source
    for (let way = 1; way < ways; way++) merged = merged.merge(source)
    return merged.runWith(Sink.fold(0, add))
  },
  broadcast(count) {
    const branches = Array.from({ length: ways }, () => Flow.of<number>().map(addOne))
    return Source.range(1, count)
      .broadcast(...branches)
      .runWith(Sink.fold(0, add))
  },
  groupedWithin: (count) =>
    Source.range(1, count)
      .groupedWithin(groupSize, "1 second")
      .runWith(Sink.fold(0, (sum, group) => add(sum, group.length))),
}
