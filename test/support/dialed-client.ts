import { type ConnectOptions, connect } from "sluice/client"
import { protocol } from "sluice/protocol"
import * as v from "valibot"
import { settled } from "../../src/testing/settled.ts"
import { TestClock } from "../../src/testing/test-clock.ts"
import { fakeSockets } from "../client/fake-socket.ts"

export const chat = protocol("/rooms/:room", {
  receives: v.object({ say: v.pipe(v.string(), v.trim()) }),
  sends: v.object({
    at: v.pipe(
      v.number(),
      v.transform((time) => new Date(time)),
    ),
  }),
  closes: { 4001: "Kicked" },
})

/** A client whose sockets and time are the test's. */
export function dial(options: ConnectOptions = {}) {
  const { WebSocket, made } = fakeSockets()
  const clock = new TestClock()
  const base = "https://example.com"
  const room = connect(chat, { room: "lobby" }, { base, WebSocket, clock, random: () => 0.5, ...options })
  /** The socket in use, as soon as it is made. */
  const socket = async () => {
    await settled()
    const last = made.at(-1)
    if (!last) throw new Error("There is no socket")
    return last
  }
  return { room, made, clock, socket }
}
