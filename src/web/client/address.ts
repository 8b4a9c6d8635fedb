import { find } from "./element.ts"

/** The WebSocket address of a handler: that of the page, with the values of the fields. */
export function address(handler: string, fields: Iterable<HTMLInputElement>): string {
  const meta = find(`meta[name="webSocketUrl"][data-handler="${handler}"]`, HTMLMetaElement)
  const url = new URL(meta.content)
  for (const { name, value, dataset } of fields) {
    if (dataset.part === "segment") url.pathname = url.pathname.replace(/[^/]*$/, encodeURIComponent(value))
    if (dataset.part === "query" && value !== "") url.searchParams.set(name, value)
  }
  return url.href
}
