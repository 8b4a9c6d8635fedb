import { type ChatEvent, ChatLog } from "./chat-log.ts"
import { Connection } from "./connection.ts"
import { find, onSubmit } from "./element.ts"
import { switchFields } from "./fields.ts"

const states = { closed: "Not in the room", connecting: "Joining…", open: "In the room" }

/** What the panes share. */
export interface Room {
  /** Where a member of that name connects to, or nothing as long as the room has no name itself. */
  address(name: HTMLInputElement): string | undefined
  /** A pane has been connected or closed. */
  changed(): void
}

/** One member of the room, with its form, its log and what it says. */
export class Pane {
  private readonly joinFields: HTMLFieldSetElement
  private readonly sayFields: HTMLFieldSetElement
  private readonly joinButton: HTMLButtonElement
  private readonly leaveButton: HTMLButtonElement
  private readonly name: HTMLInputElement
  private readonly message: HTMLInputElement
  private readonly status: HTMLElement
  private readonly log: ChatLog
  private connection: Connection | undefined

  constructor(
    root: HTMLElement,
    private readonly room: Room,
  ) {
    this.joinFields = find(".join fieldset", HTMLFieldSetElement, root)
    this.sayFields = find(".say fieldset", HTMLFieldSetElement, root)
    this.joinButton = find(".join .primary", HTMLButtonElement, root)
    this.leaveButton = find(".leave", HTMLButtonElement, root)
    this.name = find(".join input", HTMLInputElement, root)
    this.message = find(".say input", HTMLInputElement, root)
    this.status = find(".status", HTMLElement, root)
    this.log = new ChatLog(find(".log", HTMLElement, root))
    const sayForm = find(".say", HTMLFormElement, root)
    onSubmit(find(".join", HTMLFormElement, root), () => this.join())
    onSubmit(sayForm, () => {
      this.connection?.send(JSON.stringify({ type: "say", text: this.message.value }))
      // Not just emptied: an empty field would be marked as wrong.
      sayForm.reset()
    })
    this.leaveButton.addEventListener("click", () => this.connection?.close(1000))
  }

  get isConnected(): boolean {
    return this.connection !== undefined
  }

  /** Leaves the room without a word. */
  clear(): void {
    this.connection?.abandon()
    this.connection = undefined
    this.log.clear()
    this.show("closed")
  }

  private join(): void {
    if (this.connection) return
    const name = this.name.value
    const url = this.room.address(this.name)
    if (url === undefined) return
    // The room tells the last messages again.
    this.log.clear()
    this.log.note(`Connecting to ${url}`)
    this.connection = new Connection(url, [], {
      opened: () => this.show("open"),
      received: (message) => this.log.show(JSON.parse(String(message)) as ChatEvent, name),
      closed: (text) => {
        this.connection = undefined
        this.log.note(text)
        this.show("closed")
      },
    })
    this.show("connecting")
  }

  private show(state: keyof typeof states): void {
    const { joinFields, sayFields, leaveButton } = this
    const inUse = { closed: [joinFields], connecting: [joinFields, leaveButton], open: [sayFields, leaveButton] }
    this.status.textContent = states[state]
    this.status.dataset.state = state
    switchFields([joinFields, sayFields, leaveButton], inUse[state], state === "open" ? this.message : this.joinButton)
    this.room.changed()
  }
}
