import { clearChat } from "./chat.ts"
import { find, onSubmit } from "./element.ts"
import { showFiles } from "./source-code.ts"
import { showTrial } from "./trial.ts"

const picker = find("#picker", HTMLFormElement)

/** Puts the picked handler on the page and forgets the one before. */
function pick(): void {
  const handler = find("input:checked", HTMLInputElement, picker)
  const isChat = handler.value === "chat-room"
  find("#name", HTMLElement).textContent = handler.value
  find("#hint", HTMLElement).textContent = handler.dataset.hint ?? ""
  find("#trial", HTMLElement).hidden = isChat
  find("#chat", HTMLElement).hidden = !isChat
  history.replaceState(null, "", `#${handler.value}`)
  showTrial(handler)
  clearChat()
  void showFiles(handler.dataset.files?.split("\n") ?? [])
}

/** Picks the handler that the address of the page names, so that each has a link of its own. */
function pickFromHash(): void {
  const name = CSS.escape(location.hash.slice(1))
  const input = picker.querySelector<HTMLInputElement>(`input[value="${name}"]`)
  if (input) input.checked = true
  pick()
}

onSubmit(picker, () => {})
picker.addEventListener("change", pick)
addEventListener("hashchange", pickFromHash)
pickFromHash()
