import type { Message } from "./connection.ts"
import { create } from "./element.ts"

const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
const maxEntries = 500

/** What was sent, what was received and what happened, each with its time. */
export class Log {
  constructor(private readonly view: HTMLElement) {}

  sent(message: Message): void {
    this.add("sent", ...contents(message))
  }

  received(message: Message): void {
    this.add("received", ...contents(message))
  }

  note(text: string): void {
    this.add("note", text)
  }

  clear(): void {
    this.view.replaceChildren()
  }

  private add(kind: "sent" | "received" | "note", ...parts: (string | Node)[]): void {
    const { view } = this
    const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 8
    const now = new Date()
    const stamp = document.createElement("time")
    stamp.dateTime = now.toISOString()
    stamp.textContent = `${time.format(now)}.${String(now.getMilliseconds()).padStart(3, "0")}`
    view.append(create("p", kind, stamp, create("span", "kind", kind), create("span", "content", ...parts)))
    if (view.childElementCount > maxEntries) view.firstElementChild?.remove()
    // Who has scrolled back to read stays there.
    if (isAtEnd) view.scrollTop = view.scrollHeight
  }
}

function contents(message: Message): (string | Node)[] {
  if (typeof message === "string") return [message]
  const hex = Array.from(message, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
  return [create("span", "hex", hex), create("span", "text", new TextDecoder().decode(message))]
}
