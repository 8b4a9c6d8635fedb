/**
 * Makes a live stream: a model's tokens, the body of a fetch, a feed. The signal is aborted when the connection closes, when the flow
 * ends, and when downstream cancels: pass it to `fetch`. `delivered` is the number of elements that were delivered before an eviction, at
 * first 0.
 */
export type MakeAsync<T> = (signal: AbortSignal, delivered: number) => AsyncIterable<T> | PromiseLike<AsyncIterable<T>>

/** Continues a live stream after an eviction, from a position that is saved with each delivered element. */
export interface Continuation<T, Position> {
  /**
   * The position after an element, such as its id. It is saved, so it should be small. `before` is the position that it replaces;
   * `undefined` for the first element.
   */
  position(element: T, before?: Position): Position
  /** Makes the rest of the stream. Called after an eviction, if an element was delivered before it. */
  continueFrom(position: Position, signal: AbortSignal): ReturnType<MakeAsync<T>>
}

/**
 * The effect of an eviction on a live stream: `restart` calls its function again with the number of delivered elements, `fail`
 * fails the flow with an `EvictionError`, which closes the socket with 1012, and a continuation resumes the stream at its position.
 */
export type EvictionPolicy<T, Position> = "restart" | "fail" | Continuation<T, Position>

/** The options of `Source.fromAsync`. */
export interface LiveOptions<T, Position = number> {
  /** The effect of an eviction on the stream. Required in a Durable Object, where a flow without it throws a `PinnedFlowError`. */
  onEviction: EvictionPolicy<NoInfer<T>, Position>
}
