import { type ChatEvent, ChatLog } from "./chat-log.ts"
import type { Target } from "./connection.ts"
import { find, onSubmit } from "./element.ts"
import { switchFields } from "./fields.ts"
import { Session, type State } from "./session.ts"

const states = { closed: "Not in the room", connecting: "Joining…", open: "In the room", lost: "Coming back…" }

/** The part of the page that the two members share. */
export interface Room {
  /** The address for a member of that name; `undefined` if the name of the room is not valid. */
  address(name: HTMLInputElement): string | undefined
  /** A member has been connected or closed. */
  changed(): void
}

/** One member of the room, with its form, its log and its message. */
export class Member {
  readonly session: Session
  private readonly joinForm: HTMLFormElement
  private readonly joinFields: HTMLFieldSetElement
  private readonly joinButton: HTMLButtonElement
  private readonly leaveButton: HTMLButtonElement
  private readonly name: HTMLInputElement
  private readonly text: HTMLInputElement
  private readonly status: HTMLElement
  private readonly log: ChatLog
  private joinedAs = ""

  constructor(
    root: HTMLElement,
    private readonly room: Room,
  ) {
    this.joinForm = find(".join", HTMLFormElement, root)
    this.joinFields = find(".join fieldset", HTMLFieldSetElement, root)
    this.joinButton = find(".join .primary", HTMLButtonElement, root)
    this.leaveButton = find(".leave", HTMLButtonElement, root)
    this.name = find("[name=name]", HTMLInputElement, root)
    this.text = find("[name=text]", HTMLInputElement, root)
    this.status = find(".status", HTMLElement, root)
    this.log = new ChatLog(find(".log", HTMLElement, root))
    this.session = new Session(() => this.target(), {
      changed: (state) => this.show(state),
      resumed: (isNew) => {
        // The room sends the last messages again.
        if (isNew) this.log.clear()
      },
      note: (text, meaning) => this.log.note(text, meaning),
      sent() {
        // The room sends it back to each member.
      },
      received: (message) => this.log.show(JSON.parse(String(message)) as ChatEvent, this.joinedAs),
    })
    const sayForm = find(".say", HTMLFormElement, root)
    onSubmit(this.joinForm, () => this.session.connect())
    onSubmit(sayForm, () => {
      this.session.send(JSON.stringify({ type: "say", text: this.text.value }))
      // Not just emptied: an empty field would be marked as wrong.
      if (this.session.isConnected) sayForm.reset()
    })
    this.leaveButton.addEventListener("click", () => this.session.close(1000))
  }

  shown(): void {
    this.log.follow()
  }

  private target(): Target | undefined {
    if (!this.joinForm.reportValidity()) return undefined
    const url = this.room.address(this.name)
    this.joinedAs = this.name.value
    return url === undefined ? undefined : { url, resumes: "json" }
  }

  private show(state: State): void {
    const { joinFields, leaveButton } = this
    const inUse = {
      closed: [joinFields],
      connecting: [joinFields, leaveButton],
      open: [leaveButton],
      lost: [leaveButton],
    }
    // The room sends the last messages again.
    if (state === "connecting") this.log.clear()
    this.status.textContent = states[state]
    this.status.dataset.state = state
    switchFields(
      [joinFields, leaveButton],
      inUse[state],
      state === "closed" || state === "connecting" ? this.joinButton : this.text,
    )
    this.room.changed()
  }
}
