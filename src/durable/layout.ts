/**
 * The number at the beginning of every attachment and every row. A release that writes one of them in another way raises it, and adds
 * a golden file to `test/golden`.
 */
export const layout = 1

/** A stored value: the layout, and the content. */
export type Stored<Content extends readonly unknown[]> = [layout: typeof layout, ...content: Content]

/** Whether a stored value has the layout of this release. */
export function isReadable(stored: unknown): stored is Stored<unknown[]> {
  return Array.isArray(stored) && stored[0] === layout
}

/** The content of a stored value; `undefined` if its layout is not that of this release. */
export function contentOf(stored: unknown): unknown[] | undefined {
  return isReadable(stored) ? stored.slice(1) : undefined
}
