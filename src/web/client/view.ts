import type { Suspendable } from "./page-cache.ts"
import type { Segment } from "./segment.ts"

/** A handler on the page, which keeps its connections and its log while another one is shown. */
export interface View {
  readonly segment: Segment | undefined
  readonly clients: readonly Suspendable[]
  readonly isConnected: boolean
  /** The view has become visible. */
  shown(): void
  /** Ends its connections. */
  close(): void
}
