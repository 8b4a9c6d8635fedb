const maxLines = 500

/** Lines below each other, of which the oldest go when there are too many. */
export class Lines {
  constructor(private readonly view: HTMLElement) {}

  /** Adds one at the end, or before another. */
  add(line: HTMLElement, before: Element | null = null): void {
    const { view } = this
    const isAtEnd = view.scrollHeight - view.scrollTop - view.clientHeight < 8
    view.insertBefore(line, before)
    if (view.childElementCount > maxLines) view.firstElementChild?.remove()
    // Who has scrolled back to read stays there.
    if (isAtEnd) view.scrollTop = view.scrollHeight
  }

  clear(): void {
    this.view.replaceChildren()
  }
}
