import { CloseCode, CloseError, Flow, text, webSocket } from "sluice"
import { type ConnectionContext, FlowObject } from "sluice/durable"
import { afterEach, expect, it, vi } from "vitest"
import { closed } from "../support/client.ts"
import { MemoryObject } from "../support/memory-object.ts"

afterEach(() => void vi.useRealTimers())

// #region rates
export class Board extends FlowObject<unknown, { user: string }> {
  /** May be lost: the object hibernates after ten idle seconds, when every count has expired. */
  private readonly counts = new Map<string, { second: number; messages: number }>()

  protected accept({ data: { user } }: ConnectionContext<{ user: string }>) {
    const flow = Flow.of<string>().map((message) => {
      this.count(user)
      return message
    })
    return webSocket.endpoint(text, flow)
  }

  /** At most ten messages a second of one user, over all connections. */
  private count(user: string): void {
    const second = Math.floor(this.now() / 1000)
    const known = this.counts.get(user)
    const messages = known?.second === second ? known.messages + 1 : 1
    if (messages > 10) throw new CloseError(CloseCode.policyViolation, "10 messages a second are allowed")
    this.counts.set(user, { second, messages })
  }
}
// #endregion

it("a user has one rate for all connections", async () => {
  const object = new MemoryObject(Board)
  const [one, other] = [await object.connect({ user: "Ann" }), await object.connect({ user: "Ann" })]
  const bob = await object.connect({ user: "Bob" })
  for (let count = 0; count < 5; count++) for (const socket of [one, other]) object.send(socket, "hi")
  object.send(one, "hi")
  object.send(bob, "hi")
  expect(one.received.at(-1)).toEqual(closed(1008, "10 messages a second are allowed"))
  expect(other.received).toHaveLength(5)
  expect(bob.received).toEqual(["hi"])
  object.advance(1000)
  object.send(other, "again")
  expect(other.received.at(-1)).toBe("again")
})
