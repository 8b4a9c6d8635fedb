/** A `buffer`, a queue or an inbox with the strategy `fail` was full. */
export class BufferOverflowError extends Error {
  override name = "BufferOverflowError"
}

/** More elements than a `limit` allows. */
export class StreamLimitError extends Error {
  override name = "StreamLimitError"
}

/** `head` or `last` of a stream without elements. */
export class NoSuchElementError extends Error {
  override name = "NoSuchElementError"
}

/** `idleTimeout` or `completionTimeout` ran out. */
export class StreamTimeoutError extends Error {
  override name = "StreamTimeoutError"
}

/** A `throttle` that enforces its rate met a faster stream. */
export class RateExceededError extends Error {
  override name = "RateExceededError"
}

/**
 * What was saved of a flow does not fit the flow that the code makes now, as after a deploy. Thrown by `Run.start` before
 * anything of the snapshot was restored.
 */
export class RestoreError extends Error {
  override name = "RestoreError"
}

/** The actor that a stream ends in has failed. The failure itself is logged once, with the actor. */
export class ActorFailedError extends Error {
  override name = "ActorFailedError"
}

/** `throw undefined` is a failure, too: a cause that is `undefined` means that nothing has failed. */
export function orUndefinedThrown(error: unknown): unknown {
  return error === undefined ? new Error("undefined was thrown") : error
}

/** What is kept of an error while its flow sleeps: name, message and own fields, but not the stack. */
export type EncodedError = { name: string; message: string; fields: object } | { thrown: unknown }

export function encodeError(thrown: unknown): EncodedError {
  if (!(thrown instanceof Error)) return { thrown }
  return { name: thrown.name, message: thrown.message, fields: { ...thrown } }
}

/** The error again, of its class if that is one of ours or of the language, else an `Error` of that name. */
export function decodeError(packed: EncodedError): unknown {
  if ("thrown" in packed) return packed.thrown
  const known = [BufferOverflowError, StreamLimitError, NoSuchElementError, StreamTimeoutError, RateExceededError]
  const classes = [...known, TypeError, RangeError, SyntaxError, URIError, EvalError, ReferenceError]
  const error = classes.map((Known) => new Known(packed.message)).find(({ name }) => name === packed.name)
  return Object.assign(error ?? new Error(packed.message), { name: packed.name }, packed.fields)
}

/** A flow with a step that cannot be kept while its Durable Object sleeps. */
export class PinnedFlowError extends Error {
  override name = "PinnedFlowError"

  constructor(step: string, position: number, instead = "use a step that keeps its state", graph = "the flow") {
    super(`"${step}", step ${position} of ${graph}, cannot hibernate in a Durable Object: ${instead}`)
  }
}
