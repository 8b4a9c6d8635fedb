import { copyOnClick } from "./copy.ts"
import { create, find } from "./element.ts"
import { highlight } from "./highlight.ts"

const view = find("#files", HTMLElement)
let wanted: string[] = []

/** Shows the files of a handler, one after the other. */
export async function showFiles(files: string[]): Promise<void> {
  wanted = files
  const parts = await Promise.all(files.map(showable))
  // Another handler may have been picked in the meantime.
  if (wanted === files) view.replaceChildren(...parts)
}

/** A file may be followed by a space and a caption. */
async function showable(entry: string): Promise<HTMLElement> {
  const [file = "", ...caption] = entry.split(" ")
  const link = document.createElement("a")
  link.href = `/${file.replace(/\.ts$/, ".txt")}`
  link.textContent = file
  const text = await load(link.href)
  const name = create("h3", "file-name", link)
  if (caption.length > 0) name.append(create("span", "caption", `: ${caption.join(" ")}`))
  const button = document.createElement("button")
  button.type = "button"
  button.className = "small copy-code"
  button.textContent = "Copy"
  button.setAttribute("aria-label", `Copy ${file}`)
  copyOnClick(button, () => text)
  return create("div", "file", create("div", "heading", name, button), scrollable(file, highlight(text)))
}

/** Code that scrolls inside its box; the keyboard scrolls it, too. */
function scrollable(label: string, code: (string | Node)[]): HTMLElement {
  const box = create("pre", "file-text", create("code", "source", ...code))
  box.tabIndex = 0
  box.setAttribute("role", "region")
  box.setAttribute("aria-label", label)
  return box
}

async function load(address: string): Promise<string> {
  try {
    const response = await fetch(address)
    return response.ok ? await response.text() : `The file could not be loaded: HTTP ${response.status}`
  } catch {
    return "The file could not be loaded"
  }
}
