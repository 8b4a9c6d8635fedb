import { Flow, json, type StandardSchema, webSocket } from "sluice"
import { type ConnectionInfo, FlowObject } from "sluice/durable"

interface Say {
  text: string
}

interface Said extends Say {
  seq: number
  name: string
}

/** A schema without a library, which accepts the values that `is` accepts. */
function schema<T>(is: (value: object) => boolean, wanted: string): StandardSchema<T, T> {
  const validate = (value: unknown) => {
    if (typeof value === "object" && value !== null && is(value)) return { value: value as T }
    return { issues: [{ message: `${wanted} is wanted` }] }
  }
  return { "~standard": { version: 1, vendor: "example", validate } }
}

const say = schema<Say>((value) => "text" in value && typeof value.text === "string", "{ text }")
const said = schema<Said>((value) => "seq" in value && "name" in value && "text" in value, "{ seq, name, text }")

// #region room
/** The messages that a client of the room sends, and those that it gets. */
export const chat = json(say, said)

/** A room that numbers its messages. */
export class ChatRoom extends FlowObject<unknown, { name: string }> {
  private readonly said = this.hub<Said>("said")
  private readonly last = this.cell<Said>("last", { seq: 0, name: "", text: "" })

  protected accept({ data: { name } }: ConnectionInfo<{ name: string }>) {
    const numbered = Flow.of<Say>().map(({ text }) => {
      const said = { seq: this.last.get().seq + 1, name, text }
      this.last.set(said)
      return said
    })
    return webSocket.endpoint(chat, Flow.fromSinkAndSource(numbered.to(this.said.sink()), this.said.source()), {
      resume: { within: "1 minute", durable: true },
    })
  }
}
// #endregion
