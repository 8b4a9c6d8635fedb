import type { Message } from "./connection.ts"
import { create } from "./element.ts"
import { Lines } from "./lines.ts"

const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })

/** The messages and the events of a connection, each with its time. */
export class Log {
  private readonly lines: Lines

  constructor(view: HTMLElement) {
    this.lines = new Lines(view)
  }

  sent(message: Message): void {
    this.add("sent", contents(message))
  }

  received(message: Message): void {
    this.add("received", contents(message))
  }

  /** Adds a line about an event, with its meaning. */
  note(text: string, meaning?: string): void {
    this.add("note", [text], meaning)
  }

  clear(): void {
    this.lines.clear()
  }

  follow(): void {
    this.lines.follow()
  }

  private add(kind: "sent" | "received" | "note", parts: (string | Node)[], meaning?: string): void {
    const now = new Date()
    const stamp = document.createElement("time")
    stamp.dateTime = now.toISOString()
    stamp.textContent = `${time.format(now)}.${String(now.getMilliseconds()).padStart(3, "0")}`
    const line = create("p", kind, stamp, create("span", "kind", kind), create("span", "content", ...parts))
    if (meaning) line.append(create("span", "meaning", meaning))
    this.lines.add(line)
  }
}

function contents(message: Message): (string | Node)[] {
  if (typeof message === "string") return [message]
  const hex = Array.from(message, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
  return [create("span", "hex", hex), create("span", "text", new TextDecoder().decode(message))]
}
