import type { Message } from "./connection.ts"
import { create } from "./element.ts"
import { Lines } from "./lines.ts"

const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })

/** What was sent, what was received and what happened, each with its time. */
export class Log {
  private readonly lines: Lines

  constructor(view: HTMLElement) {
    this.lines = new Lines(view)
  }

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
    this.lines.clear()
  }

  private add(kind: "sent" | "received" | "note", ...parts: (string | Node)[]): void {
    const now = new Date()
    const stamp = document.createElement("time")
    stamp.dateTime = now.toISOString()
    stamp.textContent = `${time.format(now)}.${String(now.getMilliseconds()).padStart(3, "0")}`
    this.lines.add(create("p", kind, stamp, create("span", "kind", kind), create("span", "content", ...parts)))
  }
}

function contents(message: Message): (string | Node)[] {
  if (typeof message === "string") return [message]
  const hex = Array.from(message, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
  return [create("span", "hex", hex), create("span", "text", new TextDecoder().decode(message))]
}
