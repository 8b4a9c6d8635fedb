import { randomUUID } from "node:crypto"
import { describe, expect, inject, it } from "vitest"
import { FrameError } from "../../src/session/frame.ts"
import { Random } from "../../src/testing/random.ts"
import { CuttingProxy } from "../support/cutting-proxy.ts"
import { SessionClient } from "../support/session-client.ts"

/** `CUT_SEED=7 npx vitest run --project outside test/outside/contract-cuts.test.ts` cuts elsewhere. */
const seed = Number(process.env.CUT_SEED ?? 20_261_127)
const steps = 100

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

/** Tries again until it has a socket and the welcome. */
async function comeBack(client: SessionClient): Promise<void> {
  for (;;) {
    try {
      await client.connect()
      return
    } catch (error) {
      if (error instanceof FrameError) throw error
    }
  }
}

/** Takes messages, and reconnects whenever its socket is lost. */
async function takeAll(client: SessionClient, count: number): Promise<string[]> {
  const messages: string[] = []
  while (messages.length < count) {
    try {
      messages.push(String(await client.next()))
    } catch (error) {
      if (error instanceof FrameError) throw error
      await comeBack(client)
    }
  }
  return messages
}

describe.each(["resumable", "durable"])(`a %s connection whose TCP is cut at random bytes (seed ${seed})`, (level) => {
  it("row 50: gets every message once and in order, and so does its flow", { timeout: 120_000 }, async () => {
    const random = new Random(seed)
    const proxy = await CuttingProxy.before(inject("contractUrl"), random)
    const id = randomUUID()
    const urlOf = (name: string) => `${inject("contractUrl")}/object/${level}?id=${id}&name=${name}&within=600000`
    const ann = new SessionClient(proxy.urlOf(urlOf("ann")))
    await comeBack(ann)
    const bob = await new SessionClient(urlOf("bob")).connect()

    const texts = numbers(steps).map((n) => `message ${n} ${"x".repeat(random.below(400))}`)
    const received: string[] = []
    for (const [index, text] of texts.entries()) {
      ann.send(text)
      bob.send(`tell news ${index + 1} ${"y".repeat(random.below(400))}`)
      // Some of them wait while the next are sent.
      const outstanding = 2 * (index + 1) - received.length
      received.push(...(await takeAll(ann, random.below(Math.min(outstanding, 8)))))
    }
    received.push(...(await takeAll(ann, steps * 2 - received.length)))
    const { toServer, toClient } = proxy.cuts
    proxy.heal()

    expect(received.filter((text) => !text.startsWith("news"))).toEqual(texts.map((text, n) => `${n + 1}: ${text}`))
    expect(received.flatMap((text) => /^news (\d+)/.exec(text)?.slice(1).map(Number) ?? [])).toEqual(numbers(steps))
    expect(ann.resyncs).toEqual([])
    expect(
      [toServer, toClient].every((cuts) => cuts > 1),
      `${toServer} and ${toClient} cuts`,
    ).toBe(true)
    // The flow has handled no message twice, and waits for the next one.
    await comeBack(ann)
    expect(await ann.send("last").next()).toBe(`${steps + 1}: last`)
  })
})
