import { Flow, Source, serverSentEvents, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { MemoryObject } from "../support/memory-object.ts"

const endpoint = "https://model.example/v1/chat"

// #region body
interface Turn {
  role: "user" | "assistant"
  content: string
}

/** A model's answer, as the server-sent events of a response. */
async function* answerTo(turns: Turn[], signal: AbortSignal): AsyncGenerator<string> {
  const body = JSON.stringify({ messages: turns, stream: true })
  const response = await fetch(endpoint, { method: "POST", body, signal })
  for await (const { data } of serverSentEvents(response)) yield JSON.parse(data).token
}
// #endregion

// #region flow
class Assistant extends FlowObject {
  protected accept() {
    const answers = Flow.of<string>().switchMap((content) => {
      const prompt: Turn = { role: "user", content }
      return Source.fromAsync((signal) => answerTo([prompt], signal), {
        onEviction: {
          position: (token, said: string = "") => said + token,
          continueFrom: (said, signal) => answerTo([prompt, { role: "assistant", content: said }], signal),
        },
      })
    })
    return webSocket.endpoint(text, answers, { resume: { within: "10 minutes", durable: true } })
  }
}
// #endregion

/** The requests to the model, and the stream of its newest answer. */
let asked: { turns: Turn[]; signal: AbortSignal }[]
let stream: ReadableStreamDefaultController<Uint8Array>

beforeEach(() => {
  asked = []
  vi.stubGlobal("fetch", async (_: string, { body, signal }: { body: string; signal: AbortSignal }) => {
    asked.push({ turns: JSON.parse(body).messages, signal })
    const start = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      stream = controller
    }
    return new Response(new ReadableStream({ start }), { headers: { "Content-Type": "text/event-stream" } })
  })
})

afterEach(() => vi.unstubAllGlobals())

/** Sends the bytes of the response in two chunks, divided at any byte, as a network does. */
async function respond(...events: string[]): Promise<void> {
  const bytes = new TextEncoder().encode(events.map((event) => `data: ${event}\r\n\r\n`).join(""))
  for (const chunk of [bytes.slice(0, 19), bytes.slice(19)]) {
    stream.enqueue(chunk)
    await arrived()
  }
}

/** Bytes need turns of the event loop to pass through a pipe. */
async function arrived(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve))
    await settled()
  }
}

it("streams the tokens of a response, and continues after an eviction from the delivered tokens", async () => {
  const object = new MemoryObject(Assistant)
  const socket = await object.connect()
  object.send(socket, "Hello?")
  await arrived()
  await respond('{"token":"Grüße"}', '{"token":", "}')
  expect(socket.received).toEqual(["Grüße", ", "])
  await object.evict()
  object.advance(20_000)
  await arrived()
  await respond('{"token":"world"}')
  expect(socket.received).toEqual(["Grüße", ", ", "world"])
  const prompt = { role: "user", content: "Hello?" }
  expect(asked.map(({ turns }) => turns)).toEqual([[prompt], [prompt, { role: "assistant", content: "Grüße, " }]])
})

it("aborts the request when the client has closed", async () => {
  const object = new MemoryObject(Assistant)
  const socket = await object.connect()
  object.send(socket, "Hello?")
  await arrived()
  expect(asked[0]?.signal.aborted).toBe(false)
  object.drop(socket)
  expect(asked[0]?.signal.aborted).toBe(true)
})
