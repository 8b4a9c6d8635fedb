import { CloseError, Flow, Sink, Source, systemClock, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject, type MemorySocket } from "../support/memory-object.ts"
import { answerTo, ModelServer } from "../support/model-server.ts"

let server: ModelServer

beforeEach(() => {
  logged()
  server = new ModelServer()
})

afterEach(() => vi.restoreAllMocks())

const answer = (prompt: string, onEviction: "restart" | "fail") =>
  Source.fromAsync((signal, delivered) => server.answer(prompt, signal, delivered), { onEviction })

/** Answers one prompt after the other. */
class Answers extends FlowObject<unknown, "restart" | "fail"> {
  protected accept({ data }: { data: "restart" | "fail" }) {
    const answers = Flow.of<string>()
      .map((prompt) => {
        if (prompt === "fail") throw new CloseError(4000, "Asked to fail")
        return prompt
      })
      .buffer(4, "fail")
      .flatMapConcat((prompt) => answer(prompt, data ?? "restart"))
    return webSocket.endpoint(text, answers)
  }
}

/** Answers one prompt for all clients. */
class Shared extends FlowObject {
  private readonly answer = this.share("answer", answer("all", "fail"))

  protected accept() {
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), this.answer))
  }
}

async function generate(count = 1): Promise<void> {
  for (let token = 0; token < count; token++) {
    await settled()
    server.generate()
  }
  await settled()
}

let object: MemoryObject<Answers>
let socket: MemorySocket

async function connect(policy: "restart" | "fail" = "restart"): Promise<void> {
  object = new MemoryObject(Answers)
  socket = await object.connect(policy)
}

describe("a live source in an object", () => {
  beforeEach(() => connect())

  it("sends its elements", async () => {
    object.send(socket, "abc")
    await generate(6)
    expect(socket.received).toEqual(answerTo("abc"))
  })

  it.each<[string, number, () => void]>([
    ["before the first token, when the client leaves", 0, () => object.drop(socket)],
    ["within the first token, when the client closes", 1, () => object.close(socket, 1000, "")],
    ["in the middle, when the client closes", 2, () => object.close(socket, 1000, "")],
    ["in the middle, when the client vanishes", 2, () => object.drop(socket)],
    ["when the flow fails elsewhere", 2, () => object.send(socket, "fail")],
  ])("generates nothing without a reader: %s", async (_, count, end) => {
    object.send(socket, "abcdef")
    await generate(count)
    end()
    await generate(6)
    expect(server.generated).toBe(count)
    expect(server.open).toEqual([])
  })

  it("requests no answer to a prompt that waits when the client closes", async () => {
    object.send(socket, "first")
    object.send(socket, "second")
    await generate(2)
    object.close(socket, 1000, "")
    await generate(6)
    expect(server.asked).toBe(1)
  })

  it("keeps the object awake until it ends", async () => {
    const cancel = vi.fn()
    const at = vi.spyOn(systemClock, "at").mockReturnValue(cancel)
    object.send(socket, "abc")
    await settled()
    expect(at).toHaveBeenCalledOnce()
    expect(cancel).not.toHaveBeenCalled()
    await generate(6)
    expect(at).toHaveBeenCalledOnce()
    expect(cancel).toHaveBeenCalledOnce()
  })

  it("has an alarm until it ends", async () => {
    object.send(socket, "abc")
    await generate()
    expect(object.alarm).toBe(Date.UTC(2030, 0, 1) + 20_000)
    object.advance(30_000)
    expect(object.alarm).toBe(Date.UTC(2030, 0, 1) + 40_000)
    await generate(6)
    object.advance(60_000)
    expect(object.alarm).toBe(null)
  })
})

/** Streams until the test ends it. */
let next: PromiseWithResolvers<string>

class Endless extends FlowObject {
  protected accept() {
    async function* stream() {
      for (;;) {
        next = Promise.withResolvers<string>()
        yield await next.promise
      }
    }
    const source = Source.fromAsync(stream, { onEviction: "restart" })
    return webSocket.endpoint(text, Flow.fromSinkAndSource(Sink.ignore(), source))
  }
}

it("a quarter of an hour of streaming sets the alarm every ten seconds, and nothing else", async () => {
  const object = new MemoryObject(Endless)
  const socket = await object.connect()
  await settled()
  for (let token = 0; token < 900; token++) {
    next.resolve(`${token}`)
    await settled()
    object.advance(1_000)
  }
  expect(socket.received).toEqual(Array.from({ length: 900 }, (_, token) => `${token}`))
  expect(object.alarms).toBeLessThanOrEqual(91)
  expect(object.rows.size).toBe(0)
  object.drop(socket)
  expect(object.alarm).toBe(null)
})

it("a source that has ended does not wake its hibernating connection when a cell changes", async () => {
  let accepted = 0
  class Brief extends FlowObject {
    readonly count = this.cell("count", 0)

    protected accept() {
      accepted++
      const flow = Flow.fromSinkAndSource(Sink.ignore(), answer("abc", "restart").concat(Source.never()))
      return webSocket.endpoint(text, flow)
    }
  }
  const object = new MemoryObject(Brief)
  const socket = await object.connect()
  await generate(6)
  expect(socket.received).toEqual(answerTo("abc"))
  await object.evict()
  accepted = 0
  object.instance.count.set(1)
  expect(accepted).toBe(0)
})

describe("an eviction", () => {
  async function evictAfter(count: number): Promise<void> {
    object.send(socket, "abc")
    await generate(count)
    server.cut()
    await object.evict()
  }

  it("continues with restart when the alarm is due, without a message", async () => {
    await connect("restart")
    await evictAfter(2)
    object.advance(20_000)
    await generate(6)
    expect(socket.received).toEqual(answerTo("abc"))
    expect(server.generated).toBe(answerTo("abc").length)
  })

  it("closes with 1012 with fail", async () => {
    await connect("fail")
    await evictAfter(2)
    object.advance(20_000)
    await generate(6)
    expect(socket.received).toEqual([...answerTo("abc").slice(0, 2), closed(1012, "The service was interrupted")])
    expect(server.asked).toBe(1)
  })

  it("changes nothing between two answers", async () => {
    await connect("fail")
    await evictAfter(8)
    object.send(socket, "d")
    await generate(8)
    expect(socket.received).toEqual([...answerTo("abc"), ...answerTo("d")])
  })
})

describe("a live source that is shared", () => {
  it("runs once for all, stops without a subscriber, and continues with the next one", async () => {
    const object = new MemoryObject(Shared)
    const first = await object.connect()
    const second = await object.connect()
    await generate(2)
    object.drop(first)
    object.drop(second)
    await generate(4)
    expect(server.generated).toBe(2)
    const third = await object.connect()
    await generate(6)
    expect(second.received).toEqual(answerTo("all").slice(0, 2))
    expect(third.received.slice(0, -1)).toEqual(answerTo("all").slice(2))
  })
})
