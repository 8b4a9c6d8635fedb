import { type FormEvent, StrictMode, useState } from "react"
import { createRoot } from "react-dom/client"
import { useSocket } from "sluice/react"
import { chat } from "./protocol.ts"

const query = new URLSearchParams(location.search)

function Chat({ room, name }: { room: string; name: string }) {
  const { messages, status, send } = useSocket(chat, { room, name })
  const [text, setText] = useState("")
  const say = (event: FormEvent) => {
    event.preventDefault()
    void send({ text })
    setText("")
  }
  return (
    <main>
      <h1>{room}</h1>
      <p role="status">{status}</p>
      <ol>
        {messages.map(({ name, text, at }) => (
          <li key={`${at.getTime()} ${name} ${text}`}>
            <b>{name}</b> {text} <time dateTime={at.toISOString()}>{at.toLocaleTimeString()}</time>
          </li>
        ))}
      </ol>
      <form onSubmit={say}>
        <input
          aria-label="Message"
          value={text}
          onChange={(event) => setText(event.target.value)}
          required
          maxLength={2000}
        />
        <button type="submit">Say</button>
      </form>
    </main>
  )
}

const page = document.getElementById("page")
if (page) {
  createRoot(page).render(
    <StrictMode>
      <Chat room={query.get("room") || "lobby"} name={query.get("name") || "Guest"} />
    </StrictMode>,
  )
}
