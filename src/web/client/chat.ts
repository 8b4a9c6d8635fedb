import { address } from "./address.ts"
import { find, onSubmit } from "./element.ts"
import { Member } from "./member.ts"
import type { Segment } from "./segment.ts"
import type { Session } from "./session.ts"
import { startTrouble } from "./trouble.ts"
import type { View } from "./view.ts"

/** The chat room, with two members. */
export class Chat implements View {
  readonly clients: readonly Session[]
  private readonly members: readonly Member[]

  /** `changed` is called when a member joins or leaves. */
  constructor(
    root: HTMLElement,
    readonly segment: Segment | undefined,
    changed: () => void,
  ) {
    const form = find(".room", HTMLFormElement, root)
    const room = find("[name=segment]", HTMLInputElement, root)
    this.members = Array.from(
      root.querySelectorAll<HTMLElement>(".member"),
      (part) =>
        new Member(part, {
          address: (name) => (form.reportValidity() ? address("chat-room", [room, name]) : undefined),
          changed: () => {
            // Both are in one room.
            room.disabled = this.isConnected
            changed()
          },
        }),
    )
    this.clients = this.members.map(({ session }) => session)
    onSubmit(form, () => {})
    startTrouble(root, this.clients, () => (form.reportValidity() ? address("chat-room", [room]) : undefined))
  }

  get isConnected(): boolean {
    return this.clients.some(({ isConnected }) => isConnected)
  }

  shown(): void {
    for (const member of this.members) member.shown()
  }

  close(): void {
    for (const client of this.clients) client.close()
  }
}
