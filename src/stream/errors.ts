/**
 * A buffer, queue or mailbox with the strategy `fail` was full, a stash was full, or a server-sent event was larger than
 * `maxEventSize`.
 */
export class BufferOverflowError extends Error {
  override name = "BufferOverflowError"
}

/** A stream had more elements than its `limit` allows, or elements that cost more than its `limitWeighted` allows. */
export class StreamLimitError extends Error {
  override name = "StreamLimitError"
}

/** An element of a `groupBy` has a new key, and `maxSubstreams` substreams are open or closed. */
export class TooManySubstreamsOpenError extends Error {
  override name = "TooManySubstreamsOpenError"
}

/** A stream into `Sink.head`, `Sink.last` or `Sink.reduce` ended without an element. */
export class NoSuchElementError extends Error {
  override name = "NoSuchElementError"
}

/**
 * An `idleTimeout`, `initialTimeout`, `backpressureTimeout` or `completionTimeout` expired, or the tail of a `prefixAndTail` did not run
 * within 5 seconds.
 */
export class StreamTimeoutError extends Error {
  override name = "StreamTimeoutError"
}

/** A live source with `onEviction: "fail"` was interrupted by the eviction of its object. Closes the socket with 1012. */
export class EvictionError extends Error {
  override name = "EvictionError"
}

/** A stream was faster than a `throttle` with `enforce` allows. */
export class RateExceededError extends Error {
  override name = "RateExceededError"
}

/**
 * A snapshot does not fit the flow that the code makes now, as after a deploy. `Run.start` throws it before it restores any
 * stage.
 */
export class RestoreError extends Error {
  override name = "RestoreError"
}

/** The actor at the end of a stream has failed. Its failure is logged once, with the actor. */
export class ActorFailedError extends Error {
  override name = "ActorFailedError"
}

/** Replaces `undefined` by an error: `throw undefined` is a failure too, while a cause of `undefined` means none. */
export function orUndefinedThrown(error: unknown): unknown {
  return error === undefined ? new Error("undefined was thrown") : error
}

/** The saved form of an error: its name, message and own fields, without the stack. */
export type EncodedError = { name: string; message: string; fields: object } | { thrown: unknown }

export function encodeError(thrown: unknown): EncodedError {
  if (!(thrown instanceof Error)) return { thrown }
  return { name: thrown.name, message: thrown.message, fields: { ...thrown } }
}

/** Restores an error, with its class if that is listed here or belongs to the language; else as an `Error` of its name. */
export function decodeError(packed: EncodedError): unknown {
  if ("thrown" in packed) return packed.thrown
  const known = [
    BufferOverflowError,
    StreamLimitError,
    NoSuchElementError,
    StreamTimeoutError,
    RateExceededError,
    TooManySubstreamsOpenError,
    EvictionError,
    ActorFailedError,
  ]
  const classes = [...known, TypeError, RangeError, SyntaxError, URIError, EvalError, ReferenceError]
  const error = classes.map((Known) => new Known(packed.message)).find(({ name }) => name === packed.name)
  return Object.assign(error ?? new Error(packed.message), { name: packed.name }, packed.fields)
}

/** A flow in a Durable Object has a step that cannot hibernate. */
export class PinnedFlowError extends Error {
  override name = "PinnedFlowError"

  constructor(step: string, position: number, instead = "use a step that keeps its state", graph = "the flow") {
    super(`"${step}", step ${position} of ${graph}, cannot hibernate in a Durable Object: ${instead}`)
  }
}
