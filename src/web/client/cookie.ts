import { find, onSubmit } from "./element.ts"

const state = find("#cookie-state", HTMLElement)
const user = find("#cookie input", HTMLInputElement)

/** Starts the form that sets and clears the cookie `user`. */
export function startCookieForm(): void {
  onSubmit(find("#cookie", HTMLFormElement), () => set(encodeURIComponent(user.value)))
  find("#clear-cookie", HTMLButtonElement).addEventListener("click", () => set("", "; Max-Age=0"))
  showCookie()
}

function showCookie(): void {
  const cookie = document.cookie.split("; ").find((pair) => pair.startsWith("user="))
  state.textContent = cookie ? `The cookie is ${cookie}` : "There is no cookie"
}

function set(value: string, attributes = ""): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API needs https, which a server in development lacks
  document.cookie = `user=${value}; Path=/; SameSite=Strict${attributes}`
  showCookie()
}
