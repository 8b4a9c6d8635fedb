import { readFileSync } from "node:fs"
import { Flow, Source, text, webSocket } from "sluice"
import { Actor, type ActorRef, Source as ActorSource, Props, ReceiveTimeout, Sink } from "sluice/actor"
import { FlowObject } from "sluice/durable"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { countIds } from "../support/counted-ids.ts"
import { fromGolden, toGolden } from "../support/golden.ts"
import { logged } from "../support/logged.ts"
import { MemoryObject } from "../support/memory-object.ts"

interface Message {
  text: string
  client: ActorRef<string>
}

/** Stashes messages while it is shut, and answers them when it is open. */
class Counter extends Actor<Message | ReceiveTimeout> {
  override behaviors = { shut: this.whileShut }
  override state: ActorRef<string> | undefined = undefined

  receive(message: Message | ReceiveTimeout) {
    if (message instanceof ReceiveTimeout) this.state?.tell("silence")
    else if (message.text === "shut") {
      this.state = message.client
      this.context.become("shut")
      this.context.setReceiveTimeout("1 minute")
    } else message.client.tell(message.text)
  }

  private whileShut(message: Message | ReceiveTimeout) {
    if (message instanceof ReceiveTimeout || message.text !== "open") this.context.stash()
    else {
      this.context.unbecome()
      this.context.unstashAll()
    }
  }
}

class Shop extends FlowObject {
  private readonly counter = this.actor("counter", Props.of(Counter))

  protected accept() {
    const { ref: client, source } = ActorSource.actorRef<string>()
    const asked = Flow.of<string>().map((text) => ({ text, client }))
    return webSocket.endpoint(
      text,
      Flow.fromSinkAndSource(asked.to(Sink.actorRef(this.counter)), source.merge(Source.never())),
    )
  }
}

const file = new URL("../golden/actor-stash-row.json", import.meta.url).pathname

function withFingerprint(value: unknown, fingerprint: unknown): unknown {
  const [layout, , ...others] = value as unknown[]
  return [layout, fingerprint, ...others]
}

beforeEach(() => {
  logged()
  countIds()
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe("the row of an actor with a behavior, a stash and a receive timeout", () => {
  it("equals the golden file, which is restored", async () => {
    const object = new MemoryObject(Shop)
    const client = await object.connect()
    for (const message of ["shut", "a", "b"]) object.send(client, message)
    object.advance(60_000)
    const key = [...object.rows.keys()].find((name) => name.endsWith("actor:counter")) ?? ""
    const row = object.rows.get(key)
    await expect(toGolden(withFingerprint(row, "FINGERPRINT"))).toMatchFileSnapshot(file)
    object.rows.set(key, withFingerprint(fromGolden(readFileSync(file, "utf8")), (row as unknown[])[1]))
    await object.evict()
    object.send(client, "open")
    expect(client.received).toEqual(["a", "b", "silence"])
  })
})
