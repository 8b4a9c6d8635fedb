interface PageEvent {
  readonly type: string
  readonly persisted?: boolean
  /** The document, except for `online`. */
  readonly target?: (object & { readonly hidden?: boolean }) | null
}

/** The parts of a page that the client uses; none outside a browser. */
export interface Page {
  addEventListener?(type: string, listener: (event: PageEvent) => void, options: { signal: AbortSignal }): void
}

const types = ["online", "pageshow", "visibilitychange", "pagehide"]

/**
 * Follows the page, where there is one, until `signal` is aborted: `leave` is called when it enters the back/forward cache, in which
 * no script runs; `wake` when it is restored, shown or online, but not when it is hidden, as it is right after it was left. With 1001 the
 * browser closes the sockets of a page that it does not keep.
 */
export function followPage(wake: () => void, leave: () => void, signal: AbortSignal): void {
  const page: Page = globalThis
  const listener = ({ type, persisted, target }: PageEvent) => {
    if (type === "pagehide") persisted && leave()
    else if (!target?.hidden) wake()
  }
  for (const type of types) page.addEventListener?.(type, listener, { signal })
}
