import { env } from "cloudflare:workers"
import { Flow, Sink, Source, text, webSocket } from "sluice"
import { expectSleeps, WorkerdObject } from "sluice/testing/workerd"
import { beforeEach, describe, expect, it } from "vitest"
import { type Scripted, script } from "../support/durable-worker/scripted.ts"
import { answerTo, ModelServer } from "../support/model-server.ts"

let server: ModelServer
let object: WorkerdObject<Scripted>

beforeEach(() => {
  server = new ModelServer()
  const answer = (prompt: string) =>
    Source.fromAsync((signal, delivered) => server.answer(prompt, signal, delivered), { onEviction: "restart" })
  script(({ share }) => {
    const shared = Flow.fromSinkAndSource(Sink.ignore(), share("answer", answer("all")))
    const own = Flow.of<string>().switchMap(answer)
    return { accept: ({ data }) => webSocket.endpoint(text, data === "shared" ? shared : own) }
  })
  object = new WorkerdObject(env.SCRIPTED)
})

/** Inside the object, because a promise of the runtime belongs to the object that waits for it. */
async function generate(count = 1): Promise<void> {
  for (let token = 0; token < count; token++) await object.inside(() => server.generate())
  await object.inside(() => {})
}

describe("a live source in workerd", () => {
  it("keeps its object awake until it ends, and then lets it hibernate", async () => {
    const client = await object.connect(text)
    await client.send("abc")
    await generate()
    await expect(expectSleeps(object.stub)).rejects.toThrow(/a setTimeout of \d+ ms, at .*clock/)
    await generate(6)
    await client.expect(...answerTo("abc"))
    await expectSleeps(object.stub)
  })

  it.each(["close", "drop"] as const)("generates nothing without a reader after a %s", async (end) => {
    const client = await object.connect(text)
    await client.send("abc")
    await generate(2)
    await client[end]()
    await generate(6)
    expect(server.generated).toBe(2)
    expect(server.open).toEqual([])
  })

  it("generates nothing for a prompt that was replaced", async () => {
    const client = await object.connect(text)
    await client.send("abc")
    await generate(2)
    await client.send("d")
    expect(server.open.length).toBe(1)
    await generate(6)
    await client.expect(...answerTo("abc").slice(0, 2), ...answerTo("d"))
    expect(server.generated).toBe(2 + answerTo("d").length)
  })

  it("continues after a forced eviction, if all clients share it", async () => {
    const first = await object.connect(text, "shared")
    await generate(2)
    await first.expect("all.1", "all.2")
    server.cut()
    await object.evict("forced")
    const second = await object.connect(text, "shared")
    await generate(6)
    await second.expect(...answerTo("all").slice(2))
    expect(server.generated).toBe(answerTo("all").length)
  })
})
