import { StrictMode, useEffect, useState } from "react"
import { createRoot } from "react-dom/client"
import { type FrameCodec, protocol } from "../../src/protocol.ts"
import { useSocket } from "../../src/react.ts"

const text: FrameCodec<string, string> = { name: "text", decode: String, encode: (message) => message }
const echo = protocol("/echo", { receives: text, sends: text })

/** Its effect runs before those of the room, whose hook connects. */
function Greeting({ send }: { send: (message: string) => Promise<void> }) {
  useEffect(() => void send("hello"), [send])
  return null
}

function Room() {
  const { messages, status, send } = useSocket(echo)
  const [mounts, setMounts] = useState(0)
  useEffect(() => setMounts((count) => count + 1), [])
  return (
    <>
      <Greeting send={send} />
      <p>{`${status}, mounted ${mounts} times`}</p>
      <ol>
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ol>
      <button type="button" onClick={() => send("hi")}>
        Say hi
      </button>
    </>
  )
}

export function renderStrict(...[element]: Parameters<typeof createRoot>): void {
  const root = createRoot(element)
  root.render(
    <StrictMode>
      <Room />
      <button type="button" onClick={() => root.unmount()}>
        Leave
      </button>
    </StrictMode>,
  )
}
