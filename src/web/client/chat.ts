import { find, onSubmit } from "./element.ts"
import { address } from "./endpoint.ts"
import { Pane } from "./pane.ts"

const form = find("#room", HTMLFormElement)
const fields = find("#room-fields", HTMLFieldSetElement)
const room = find("input", HTMLInputElement, form)

const panes = Array.from(
  document.querySelectorAll<HTMLElement>(".pane"),
  (root) =>
    new Pane(root, {
      address: (name) => (form.reportValidity() ? address("chat-room", [room, name]) : undefined),
      changed() {
        // Both are in one room.
        fields.disabled = panes.some(({ isConnected }) => isConnected)
      },
    }),
)

onSubmit(form, () => {})

/** Leaves the room with both members. */
export function clearChat(): void {
  for (const pane of panes) pane.clear()
}
