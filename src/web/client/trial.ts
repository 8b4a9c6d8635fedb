import { address } from "./address.ts"
import type { Target } from "./connection.ts"
import { find, onSubmit } from "./element.ts"
import { switchFields } from "./fields.ts"
import { Log } from "./log.ts"
import type { Segment } from "./segment.ts"
import { Session, type State } from "./session.ts"
import { startTrouble } from "./trouble.ts"
import type { View } from "./view.ts"

const states = { closed: "Not connected", connecting: "Connecting…", open: "Open", lost: "Coming back…" }

/** The controls to try a handler: its address, its log, messages and the close. */
export class Trial implements View {
  readonly clients: readonly [Session]
  private readonly name: string
  private readonly isBinary: boolean
  private readonly resumes: Target["resumes"]
  private readonly connectForm: HTMLFormElement
  private readonly connectFields: HTMLFieldSetElement
  private readonly disconnectFields: HTMLFieldSetElement
  private readonly connectButton: HTMLButtonElement
  private readonly status: HTMLElement
  private readonly message: HTMLInputElement
  private readonly closeCode: HTMLInputElement
  private readonly closeReason: HTMLInputElement
  private readonly log: Log
  private readonly session: Session

  /** `changed` is called when the connection opens or closes. */
  constructor(
    private readonly root: HTMLElement,
    readonly segment: Segment | undefined,
    private readonly changed: () => void,
  ) {
    this.name = root.dataset.name ?? ""
    this.isBinary = root.dataset.format === "binary"
    this.resumes = (root.dataset.resumes || undefined) as Target["resumes"]
    this.connectForm = find(".connect", HTMLFormElement, root)
    this.connectFields = find(".connect fieldset", HTMLFieldSetElement, root)
    this.disconnectFields = find(".disconnect fieldset", HTMLFieldSetElement, root)
    this.connectButton = find(".connect .primary", HTMLButtonElement, root)
    this.status = find(".status", HTMLElement, root)
    this.message = find("[name=message]", HTMLInputElement, root)
    this.closeCode = find("[name=code]", HTMLInputElement, root)
    this.closeReason = find("[name=reason]", HTMLInputElement, root)
    this.log = new Log(find(".log", HTMLElement, root))
    this.session = new Session(() => this.target(), {
      changed: (state) => this.show(state),
      resumed() {},
      note: (text, meaning) => this.log.note(text, meaning),
      sent: (message) => this.log.sent(message),
      received: (message) => this.log.received(message),
    })
    this.clients = [this.session]
    this.listen()
    this.showAddress()
  }

  get isConnected(): boolean {
    return this.session.isConnected
  }

  shown(): void {
    this.showAddress()
    if (this.resumes) this.session.continueSession()
    this.log.follow()
  }

  close(): void {
    this.session.close()
  }

  private listen(): void {
    const { root, closeReason } = this
    this.connectForm.addEventListener("input", () => this.showAddress())
    onSubmit(this.connectForm, () => this.session.connect())
    onSubmit(find(".send", HTMLFormElement, root), () => {
      this.send(this.message.value)
      // With an invalid field there is no connection, and the focus is on that field.
      if (this.isConnected) this.message.select()
    })
    for (const button of root.querySelectorAll<HTMLButtonElement>("[data-message]")) {
      button.addEventListener("click", () => this.send(button.dataset.message ?? ""))
    }
    onSubmit(find(".disconnect", HTMLFormElement, root), () => this.disconnect())
    closeReason.addEventListener("input", () => {
      const { length } = new TextEncoder().encode(closeReason.value)
      closeReason.setCustomValidity(length > 123 ? `At most 123 bytes, not ${length}` : "")
    })
    find(".clear-log", HTMLButtonElement, root).addEventListener("click", () => this.log.clear())
    startTrouble(root, [this.session], () => this.target()?.url)
  }

  private show(state: State): void {
    const { connectFields, disconnectFields } = this
    const [closed, open] = [[connectFields], [disconnectFields]]
    const inUse = { closed, connecting: [...closed, ...open], open, lost: open }
    this.status.textContent = states[state]
    this.status.dataset.state = state
    const next = inUse[state] === open ? this.message : this.connectButton
    switchFields([connectFields, disconnectFields], inUse[state], next)
    this.changed()
  }

  private showAddress(): void {
    find(".address", HTMLElement, this.root).textContent = address(this.name, this.fields())
  }

  private fields(): HTMLInputElement[] {
    return Array.from(this.connectForm.querySelectorAll("input"))
  }

  private target(): Target | undefined {
    if (!this.connectForm.reportValidity()) return undefined
    const ticked = this.fields().filter(({ name, checked }) => name === "subprotocol" && checked)
    const url = address(this.name, this.fields())
    const { resumes } = this
    return { url, subprotocols: ticked.map(({ value }) => value), resumes, key: resumes && url }
  }

  private send(text: string): void {
    this.session.send(this.isBinary ? new TextEncoder().encode(text) : text)
  }

  private disconnect(): void {
    // A reason cannot be sent without a code.
    const code = this.closeCode.value || (this.closeReason.value ? "1000" : "")
    if (code) this.session.close(Number(code), this.closeReason.value)
    else this.session.close()
  }
}
