const maxLines = 500

/** Lines below each other. The oldest are removed when there are too many. The view follows the last one. */
export abstract class Lines {
  /** False where a reader has scrolled back. */
  private isFollowing = true

  constructor(protected readonly view: HTMLElement) {
    view.addEventListener("scroll", () => {
      // A view that is being hidden has no height, so its position is unknown.
      if (view.clientHeight > 0) this.isFollowing = view.scrollHeight - view.scrollTop - view.clientHeight < 8
    })
  }

  /** Adds a line at the end, or before another. */
  protected add(line: HTMLElement, before: Element | null = null): void {
    const { view } = this
    view.insertBefore(line, before)
    if (view.childElementCount > maxLines) view.firstElementChild?.remove()
    this.follow()
  }

  /** Scrolls to the last line, also to lines that came while the view was hidden. */
  follow(): void {
    if (this.isFollowing) this.view.scrollTop = this.view.scrollHeight
  }

  clear(): void {
    this.view.replaceChildren()
    this.isFollowing = true
  }
}
