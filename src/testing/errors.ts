/** What was expected has not come. Test runners show `expected` and `actual` side by side. */
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

/** Hibernation changes what can be seen of a flow or of an object. */
export class TransparencyError extends Error {
  override name = "TransparencyError"

  constructor(
    message: string,
    /** What happened in the shortest script that was found, a line each. */
    readonly script: readonly string[],
  ) {
    super(message)
  }
}

/** The runtime of the test lacks something that the kit needs. */
export class MissingRuntimeError extends Error {
  override name = "MissingRuntimeError"
}
