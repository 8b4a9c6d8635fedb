import fc from "fast-check"
import { type EvictionPolicy, Flow, Source, text, webSocket } from "sluice"
import { FlowObject } from "sluice/durable"
import { beforeEach, expect, it } from "vitest"
import { settled } from "../../src/testing/settled.ts"
import { closed } from "../support/client.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"
import { MemorySession } from "../support/memory-session.ts"
import { answerTo, ModelServer } from "../support/model-server.ts"

beforeEach(() => {
  logged()
})

let server: ModelServer

/** The policies, and the expected end of an interrupted answer with each. */
const policies: Record<string, (prompt: string) => EvictionPolicy<string, number>> = {
  restart: () => "restart",
  fail: () => "fail",
  continuation: (prompt) => ({
    position: (token) => Number(token.split(".")[1]),
    continueFrom: (position, signal) => server.answer(prompt, signal, position),
  }),
}

interface Client {
  policy: string
  durable: boolean
  /** Whether a prompt overtakes the answer to the one before. */
  overtakes?: boolean
}

/** Answers one prompt after the other, or the newest one. */
class Answers extends FlowObject<unknown, Client> {
  protected accept({ data: { policy, durable, overtakes } }: { data: Client }) {
    const answer = (prompt: string) =>
      // A continuation gets its position from the element, so the number of delivered elements is of no use to it.
      Source.fromAsync(
        (signal, delivered) => server.answer(prompt, signal, policy === "continuation" ? 0 : delivered),
        { onEviction: policies[policy]?.(prompt) ?? "fail" },
      )
    const prompts = Flow.of<string>()
    return webSocket.endpoint(text, overtakes ? prompts.switchMap(answer) : prompts.flatMapConcat(answer), {
      resume: { within: "1 hour", durable },
      limits: { maxBufferedAmount: 40 },
    })
  }
}

const often = ["send", "generate", "generate", "generate", "generate", "read", "readOne", "evict", "crash"]
const seldom = ["drop", "lose", "connect", "connect", "advance"]
const steps = fc.array(fc.constantFrom(...often, ...seldom), { maxLength: 40, size: "max" })

/** A client with a session, its object, and the model that the object calls. */
class Play {
  readonly prompts: string[] = []
  /** Whether an answer was under way when the object was evicted. */
  wasInterrupted = false

  constructor(
    readonly object: MemoryObject<Answers>,
    readonly session: MemorySession,
  ) {}

  static async begin(client: Client): Promise<Play> {
    server = new ModelServer()
    const object = new MemoryObject(Answers)
    return new Play(object, await new MemorySession(object, client).connect())
  }

  get tokens(): string[] {
    return this.session.received.filter((message) => typeof message === "string")
  }

  get closes(): unknown[] {
    return this.session.received.filter((message) => typeof message !== "string")
  }

  async take(step: string, isDurable: boolean): Promise<void> {
    const { object, session, prompts } = this
    if (step === "send") session.transmit(prompts[prompts.push("p".repeat(1 + prompts.length)) - 1] as string)
    if (step === "generate") server.generate()
    if (step === "read") session.read()
    if (step === "readOne") session.read(1)
    if (step === "drop") session.drop()
    if (step === "lose") session.drop(false)
    if (step === "connect" && !session.socket) await session.connect()
    if (step === "advance") object.advance(20_000)
    if (step === "evict") await this.gone(() => object.evict())
    if (step === "crash" && isDurable) {
      await this.gone(() => object.crash())
      session.socket = undefined
    }
    await settled()
    // A request that is not aborted would still be open beside the next one.
    expect(server.open.length).toBeLessThanOrEqual(1)
  }

  /** In the end the client has a socket, and everything arrives. */
  async finish(): Promise<void> {
    for (let round = 0; round < 400 && !this.isOver; round++) {
      const { session } = this
      if (!session.socket) await session.connect()
      session.transmit().read()
      await settled()
      if (round % 10 === 0) this.object.advance(20_000)
      server.generate()
      await settled()
    }
  }

  private get isOver(): boolean {
    return this.closes.length > 0 || (!this.wasInterrupted && this.tokens.at(-1) === this.expected.at(-1))
  }

  get expected(): string[] {
    return this.prompts.flatMap(answerTo)
  }

  private async gone(evict: () => Promise<void>): Promise<void> {
    await settled()
    this.object.flush()
    if (server.open.length > 0) this.wasInterrupted = true
    server.cut()
    await evict()
  }
}

const numRuns = Number(process.env.LIVE_SCRIPTS ?? 1_000)

it.each(
  ["restart", "continuation"].flatMap((policy) => [
    { policy, durable: false },
    { policy, durable: true },
  ]),
)(
  "$policy loses, doubles and reorders no token, for any loss of sockets and memory (durable: $durable)",
  async (client) => {
    const property = fc.asyncProperty(steps, async (script) => {
      const play = await Play.begin(client)
      for (const step of script) await play.take(step, client.durable)
      play.wasInterrupted = false
      await play.finish()
      expect(play.tokens).toEqual(play.expected)
      expect(play.closes).toEqual([])
      expect(play.session.resyncs).toBe(0)
      expect(server.mostUnread).toBeLessThanOrEqual(1)
    })
    await fc.assert(property, { numRuns })
  },
)

it.each(["restart", "continuation"])(
  "a new prompt cuts off the answer to the prompt before it, and is answered itself (%s)",
  async (policy) => {
    const property = fc.asyncProperty(steps, async (script) => {
      const play = await Play.begin({ policy, durable: true, overtakes: true })
      for (const step of script) await play.take(step, true)
      play.wasInterrupted = false
      await play.finish()
      const { tokens, prompts } = play
      const beginnings = prompts.map((prompt) => tokens.filter((token) => token.startsWith(`${prompt}.`)))
      expect(tokens).toEqual(beginnings.flat())
      beginnings.forEach((beginning, index) => {
        expect(beginning).toEqual(answerTo(prompts[index] as string).slice(0, beginning.length))
      })
      expect(beginnings.at(-1) ?? []).toEqual(prompts.slice(-1).flatMap(answerTo))
      expect(play.session.resyncs).toBe(0)
    })
    await fc.assert(property, { numRuns })
  },
)

it.each([{ durable: false }, { durable: true }])(
  "fail closes with 1012 if an answer was interrupted, and changes nothing otherwise (durable: $durable)",
  async ({ durable }) => {
    const property = fc.asyncProperty(steps, async (script) => {
      const play = await Play.begin({ policy: "fail", durable })
      for (const step of script) {
        await play.take(step, durable)
        if (play.wasInterrupted) break
      }
      await play.finish()
      const { tokens, closes, expected, wasInterrupted } = play
      expect(tokens).toEqual(wasInterrupted ? expected.slice(0, tokens.length) : expected)
      expect(closes).toEqual(wasInterrupted ? [closed(1012, "The service was interrupted")] : [])
      expect(play.session.resyncs).toBe(0)
    })
    await fc.assert(property, { numRuns })
  },
)

it.each(Object.keys(policies))("%s leaves no request open once the client has closed", async (policy) => {
  const property = fc.asyncProperty(steps, async (script) => {
    const play = await Play.begin({ policy, durable: true })
    for (const step of script) await play.take(step, true)
    const { session, object } = play
    if (!session.socket) await session.connect()
    await settled()
    const before = server.generated
    if (session.socket) object.close(session.socket, 1000, "")
    for (let round = 0; round < 10; round++) {
      server.generate()
      await settled()
    }
    expect(server.open).toEqual([])
    expect(server.generated).toBe(before)
  })
  await fc.assert(property, { numRuns: numRuns / 5 })
})
