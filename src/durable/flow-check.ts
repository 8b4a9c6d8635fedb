import type { Endpoint } from "../socket/endpoint.ts"
import { assertDurable } from "../stream/engine/fingerprint.ts"
import { PinnedFlowError } from "../stream/errors.ts"

/** The classes that `checkFlow` has checked. */
const checked = new WeakSet<object>()

/**
 * Throws a `PinnedFlowError` if the flow of a class cannot hibernate, before any client connects. Checks each class once. Ignores
 * other errors of `accept`, because it is called without a real connection.
 */
export function checkFlow(type: { readonly name: string }, accept: () => Endpoint | Response): void {
  if (checked.has(type)) return
  try {
    const endpoint = accept()
    if (!(endpoint instanceof Response)) assertDurable(endpoint.steps(), flowOf(type.name))
  } catch (error) {
    if (error instanceof PinnedFlowError) throw error
  }
  checked.add(type)
}

/** The name of a connection's flow in errors. */
export function flowOf(className: string): string {
  return `the flow that ${className}.accept returns`
}
