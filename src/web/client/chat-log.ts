import { create } from "./element.ts"
import { Lines } from "./lines.ts"

type Said = { type: "said"; name: string; text: string; seq: number; at: number }

/** The events that a room sends to its members. */
export type ChatEvent = Said | { type: "joined" | "left"; name: string }

const time = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
})

/** The log of one member: the events of the room and of its connection. */
export class ChatLog extends Lines {
  /** Shows an event to the member of that name. Messages are in the order of the numbers that the room gave them. */
  show(event: ChatEvent, member: string): void {
    if (event.type === "said") this.said(event, event.name === member ? "own" : "other")
    else this.add(create("p", event.type, create("span", "content", `${event.name} ${event.type}`)))
  }

  /** Adds a line about an event, with its meaning. */
  note(text: string, meaning?: string): void {
    const line = create("p", "note", create("span", "content", text))
    if (meaning) line.append(create("span", "meaning", meaning))
    this.add(line)
  }

  private said({ name, text, seq, at }: Said, kind: "own" | "other"): void {
    const stamp = document.createElement("time")
    stamp.dateTime = new Date(at).toISOString()
    stamp.textContent = time.format(at)
    const line = create("p", `said ${kind}`, create("span", "name", name), stamp, create("span", "content", text))
    line.dataset.seq = String(seq)
    const lines = this.view.querySelectorAll<HTMLElement>("[data-seq]")
    const later = Array.from(lines).find(({ dataset }) => Number(dataset.seq) > seq)
    this.add(line, later)
  }
}
