/** A client that can close its connection for a while. */
export interface Suspendable {
  suspend(): void
  resume(): void
}

/**
 * Suspends clients while the back/forward cache keeps the page, and resumes them with it. A page in that cache does not
 * run, but its sockets may stay open: the server would count members that read nothing.
 */
export function followPageCache(clients: readonly Suspendable[]): void {
  addEventListener("pagehide", ({ persisted }) => {
    // The browser closes the sockets of other pages with 1001, which no script can send.
    if (persisted) for (const client of clients) client.suspend()
  })
  addEventListener("pageshow", () => {
    for (const client of clients) client.resume()
  })
}
