import { find } from "./element.ts"

/** The fields of the form that are on show. */
const fieldsOnShow = () =>
  document.querySelectorAll<HTMLInputElement>("#connect fieldset[data-for]:not([hidden]) input")

/** The address of a handler: the one that the page gives, with what the fields say put in. */
export function address(handler: string, fields: Iterable<HTMLInputElement> = fieldsOnShow()): string {
  const meta = find(`meta[name="webSocketUrl"][data-handler="${handler}"]`, HTMLMetaElement)
  const url = new URL(meta.content)
  for (const { name, value, dataset } of fields) {
    if (dataset.part === "segment") url.pathname = url.pathname.replace(/[^/]*$/, encodeURIComponent(value))
    if (dataset.part === "query" && value !== "") url.searchParams.set(name, value)
  }
  return url.href
}

/** The subprotocols that the form says to offer. */
export function subprotocols(): string[] {
  return Array.from(fieldsOnShow()).flatMap(({ name, checked, value }) =>
    name === "subprotocol" && checked ? [value] : [],
  )
}
