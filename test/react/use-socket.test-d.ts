import { protocol } from "sluice/protocol"
import { useSocket } from "sluice/react"
import * as v from "valibot"
import { expectTypeOf, it } from "vitest"

const chat = protocol("/rooms/:room", {
  receives: v.object({ say: v.string() }),
  sends: v.object({ said: v.string() }),
  closes: { 4001: "Kicked" },
})

it("useSocket has the types of the protocol", () => {
  const { messages, send, closed } = useSocket(chat, { room: "lobby" })
  expectTypeOf(messages).toEqualTypeOf<readonly { said: string }[]>()
  expectTypeOf(closed?.code).toEqualTypeOf<1000 | 1003 | 1005 | 1008 | 4001 | undefined>()
  send({ say: "hi" })
  // @ts-expect-error
  send("hi")
  // @ts-expect-error
  useSocket(chat)
  // @ts-expect-error
  useSocket(chat, { room: "lobby" }, { bufferSise: 1 })
})
