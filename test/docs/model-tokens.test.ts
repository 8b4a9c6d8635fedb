import { Flow, Sink, Source, serverSentEvents, text, webSocket } from "sluice"
import { expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"

/** A model that answers with three tokens, and records whether its body was cancelled. */
const model = { prompts: [] as unknown[], isCancelled: false }

async function fetch(_url: string, { body }: { method: string; body: string }): Promise<Response> {
  model.prompts.push(JSON.parse(body))
  const tokens = ["Hel", "lo", "!"].map((token) => `data: ${JSON.stringify({ token })}\n\n`)
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = tokens.shift() ?? "data: [DONE]\n\n"
      controller.enqueue(new TextEncoder().encode(next))
    },
    cancel() {
      model.isCancelled = true
    },
  })
  return new Response(stream, { headers: { "Content-Type": "text/event-stream" } })
}

// #region tokens
/** The tokens of the model's answer. */
const answer = (prompt: string) =>
  Source.fromPromise(() => fetch("https://model.example/v1", { method: "POST", body: JSON.stringify({ prompt }) }))
    .flatMapConcat((response) => Source.fromAsync(serverSentEvents(response)))
    .takeWhile(({ data }) => data !== "[DONE]")
    .map(({ data }) => JSON.parse(data).token as string)

/** A prompt in, its tokens out. In a plain Worker. */
const chat = webSocket.accept(text, () => Flow.of<string>().flatMapConcat(answer))
// #endregion

it("streams the tokens of each answer, and cancels the body at the end", async () => {
  expect(chat).toBeTypeOf("function")
  const { queue, tokens } = run()
  queue.offer("Hi")
  for (let turn = 0; turn < 20; turn++) await settled()
  expect(tokens).toEqual(["Hel", "lo", "!"])
  expect(model).toEqual({ prompts: [{ prompt: "Hi" }], isCancelled: true })
})

function run() {
  const queue = Source.queue<string>(16)
  const tokens: string[] = []
  void queue.source.flatMapConcat(answer).runWith(Sink.forEach((token) => void tokens.push(token)))
  return { queue, tokens }
}
