import { find, onSubmit } from "./element.ts"
import { readHash, writeHash } from "./hash.ts"
import { showFiles } from "./source-code.ts"
import type { View } from "./view.ts"

interface Entry {
  root: HTMLElement
  view: View
}

/** Shows one handler at a time, and keeps the address of the page in step with it. */
export class Picker {
  private readonly form = find("#picker", HTMLFormElement)
  private readonly entries = new Map<string, Entry>()

  get views(): View[] {
    return Array.from(this.entries.values(), ({ view }) => view)
  }

  add(name: string, root: HTMLElement, view: View): void {
    this.entries.set(name, { root, view })
  }

  /** Marks in the list whether a handler is connected. */
  mark(name: string): void {
    const input = this.input(name)
    const isConnected = this.entries.get(name)?.view.isConnected
    input?.toggleAttribute("data-connected", isConnected)
    // A description, because the accessible name must not change.
    if (isConnected) input?.setAttribute("aria-description", "connected")
    else input?.removeAttribute("aria-description")
  }

  start(): void {
    onSubmit(this.form, () => {})
    this.form.addEventListener("change", () => this.show())
    for (const [name, { root, view }] of this.entries) {
      root.addEventListener("input", () => {
        if (view.segment) writeHash({ handler: name, segment: view.segment.value })
      })
    }
    addEventListener("hashchange", () => this.follow())
    this.follow()
  }

  /** Picks the handler that the address of the page names, so that each handler, and each of its objects, has a link of its own. */
  private follow(): void {
    const { handler, segment } = readHash()
    const input = this.input(handler)
    if (input) input.checked = true
    const view = this.entries.get(handler)?.view
    if (segment && view?.segment && segment !== view.segment.value) {
      // A link to another object: the connection to this one ends.
      view.close()
      view.segment.value = segment
    }
    this.show()
  }

  private show(): void {
    const { value } = find("input:checked", HTMLInputElement, this.form)
    for (const [name, { root }] of this.entries) root.hidden = name !== value
    const entry = this.entries.get(value)
    if (!entry) return
    const { root, view } = entry
    view.shown()
    writeHash({ handler: value, segment: view.segment?.value })
    void showFiles(root.dataset.files?.split("\n") ?? [])
  }

  private input(name: string): HTMLInputElement | null {
    return this.form.querySelector<HTMLInputElement>(`input[value="${CSS.escape(name)}"]`)
  }
}
