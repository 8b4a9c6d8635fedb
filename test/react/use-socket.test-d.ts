import { protocol } from "sluice/protocol"
import { useSocket } from "sluice/react"
import * as v from "valibot"
import { expectTypeOf, it } from "vitest"

const chat = protocol("/rooms/:room", {
  receives: v.object({ say: v.string() }),
  sends: v.object({ said: v.string() }),
})

it("useSocket has the types of the protocol", () => {
  const { messages, send } = useSocket(chat, { room: "lobby" })
  expectTypeOf(messages).toEqualTypeOf<readonly { said: string }[]>()
  send({ say: "hi" })
  // @ts-expect-error
  send("hi")
  // @ts-expect-error
  useSocket(chat)
})
