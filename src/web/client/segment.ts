import { copyOnClick } from "./copy.ts"
import { find } from "./element.ts"
import { hashOf } from "./hash.ts"

/** The last segment of a handler's path: an id or the name of a room. The page's own address has it, too. */
export class Segment {
  private readonly input: HTMLInputElement
  private readonly link: HTMLAnchorElement | null

  /** A field that the server has left empty starts with `own`. */
  constructor(
    root: HTMLElement,
    private readonly handler: string,
    own: string,
  ) {
    this.input = find("[name=segment]", HTMLInputElement, root)
    this.link = root.querySelector("a.second-tab")
    this.input.value ||= own
    this.input.addEventListener("input", () => this.updateLink())
    this.updateLink()
    const button = root.querySelector<HTMLButtonElement>(".copy-link")
    if (button && this.link) {
      const { link } = this
      copyOnClick(button, () => link.href)
    }
  }

  get value(): string {
    return this.input.value
  }

  set value(value: string) {
    this.input.value = value
    this.updateLink()
  }

  private updateLink(): void {
    if (this.link) this.link.href = hashOf({ handler: this.handler, segment: this.value })
  }
}
