/** The element that a selector stands for, which the page, or a part of it, is sure to have. */
export function find<E extends Element>(selector: string, type: new () => E, part: ParentNode = document): E {
  const element = part.querySelector(selector)
  if (element instanceof type) return element
  throw new Error(`The page has no ${type.name} ${selector}`)
}

/** A new element with a class and contents. */
export function create(tag: string, className: string, ...contents: (string | Node)[]): HTMLElement {
  const element = document.createElement(tag)
  element.className = className
  element.append(...contents)
  return element
}

/** Does something with a form instead of sending it to a server. */
export function onSubmit(form: HTMLFormElement, action: () => void): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    action()
  })
}
