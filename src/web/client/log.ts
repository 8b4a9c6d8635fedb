import type { Message } from "./connection.ts"
import { create } from "./element.ts"
import { Lines } from "./lines.ts"

const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })

/** The messages and the events of a connection, each with its time. */
export class Log extends Lines {
  sent(message: Message): void {
    this.addEvent("sent", contents(message))
  }

  received(message: Message): void {
    this.addEvent("received", contents(message))
  }

  /** Adds a line about an event, with its meaning. */
  note(text: string, meaning?: string): void {
    this.addEvent("note", [text], meaning)
  }

  private addEvent(kind: "sent" | "received" | "note", parts: (string | Node)[], meaning?: string): void {
    const now = new Date()
    const stamp = document.createElement("time")
    stamp.dateTime = now.toISOString()
    stamp.textContent = `${time.format(now)}.${String(now.getMilliseconds()).padStart(3, "0")}`
    const line = create("p", kind, stamp, create("span", "kind", kind), create("span", "content", ...parts))
    if (meaning) line.append(create("span", "meaning", meaning))
    this.add(line)
  }
}

function contents(message: Message): (string | Node)[] {
  if (typeof message === "string") return [message]
  const hex = Array.from(message, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
  return [create("span", "hex", hex), create("span", "text", new TextDecoder().decode(message))]
}
