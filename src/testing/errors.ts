/** An expectation of a test was not met. Test runners show `expected` and `actual` side by side. */
export class ExpectationError extends Error {
  override name = "ExpectationError"

  constructor(
    message: string,
    readonly expected?: unknown,
    readonly actual?: unknown,
  ) {
    super(message)
  }
}

/** Throws a `TypeError` for an expectation of no elements, which any output would meet. */
export function requireExpected(expected: readonly unknown[]): void {
  if (expected.length > 0) return
  throw new TypeError("expect takes what should come, and got nothing: write expectNothing() for that")
}

/** Hibernation changes the observable behaviour of a flow or of an object. */
export class TransparencyError extends Error {
  override name = "TransparencyError"

  constructor(
    message: string,
    /** The steps of the shortest script that was found, with their outcomes, one line each. */
    readonly script: readonly string[],
  ) {
    super(message)
  }
}

/** The runtime of the test lacks a module that the kit needs, such as `node:sqlite`. */
export class MissingRuntimeError extends Error {
  override name = "MissingRuntimeError"
}
