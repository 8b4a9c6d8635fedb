import { text } from "sluice"
import { protocol } from "sluice/protocol"
import { useSocket } from "sluice/react"

const chat = protocol("/rooms/:room", { receives: text, sends: text })

// #region react
export function Room({ room }: { room: string }) {
  const { messages, status, send } = useSocket(chat, { room })
  return (
    <section>
      <p>{status}</p>
      <p>{messages.at(-1)}</p>
      <button type="button" onClick={() => send("hi")}>
        Say hi
      </button>
    </section>
  )
}
// #endregion
