interface PageEvent {
  readonly type: string
  readonly persisted?: boolean
}

/** The parts of a page that the client uses; none outside a browser. */
export interface Page {
  addEventListener?(type: string, listener: (event: PageEvent) => void, options: { signal: AbortSignal }): void
}

const types = ["online", "pageshow", "visibilitychange", "pagehide"]

/**
 * Follows the page, where there is one, until `signal` is aborted: `leave` is called when it enters the back/forward cache, in which
 * no script runs; `wake` when it is restored, shown or online. With 1001 the browser closes the sockets of a page that it does not keep.
 */
export function followPage(wake: () => void, leave: () => void, signal: AbortSignal): void {
  const page: Page = globalThis
  const listener = ({ type, persisted }: PageEvent) => {
    if (type !== "pagehide") wake()
    else if (persisted) leave()
  }
  for (const type of types) page.addEventListener?.(type, listener, { signal })
}
