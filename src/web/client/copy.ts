import { find } from "./element.ts"

const shownFor = 2000

/** Copies a text when the button is clicked, and shows for two seconds whether that worked. */
export function copyOnClick(button: HTMLButtonElement, text: () => string): void {
  const label = button.textContent
  let timer: number | undefined
  button.addEventListener("click", async () => {
    const result = (await copy(text())) ? "Copied" : "Not copied"
    button.textContent = result
    // The name of a button is not read out again when it changes.
    find("#announcement", HTMLElement).textContent = result
    clearTimeout(timer)
    timer = setTimeout(() => {
      button.textContent = label
      find("#announcement", HTMLElement).textContent = ""
    }, shownFor)
  })
}

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // There is no clipboard without https, except on localhost.
    return copySelected(text)
  }
}

/** The way without the Clipboard API: text that is selected in a field. */
function copySelected(text: string): boolean {
  const focused = document.activeElement
  const field = document.createElement("textarea")
  field.className = "for-screen-readers"
  field.value = text
  document.body.append(field)
  field.select()
  const isCopied = document.execCommand("copy")
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return isCopied
}
