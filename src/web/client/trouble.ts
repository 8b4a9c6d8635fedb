import { find } from "./element.ts"
import type { Session } from "./session.ts"

const outage = 3_000

/**
 * Starts the buttons of a handler that resumes, if it is one: the first cuts the sockets of its clients, the second evicts the object
 * of the address.
 */
export function startTrouble(root: HTMLElement, clients: readonly Session[], address: () => string | undefined): void {
  if (!root.querySelector(".trouble")) return
  find(".cut", HTMLButtonElement, root).addEventListener("click", () => {
    for (const client of clients) client.cut(outage)
  })
  find(".evict", HTMLButtonElement, root).addEventListener("click", () => {
    const url = address()
    if (url !== undefined) void fetch(`${new URL(url).pathname}/evict`, { method: "POST" })
  })
}
