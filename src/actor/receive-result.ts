/** Refuses a promise, because code after an `await` runs outside the event, and would send before the event is saved. */
export function checkReceiveResult(result: unknown, actor: object): void {
  if (!(result instanceof Promise)) return
  result.catch(() => {})
  throw new TypeError(
    `The receive of ${actor.constructor.name} returned a promise: tell the actor itself what comes of it, promise.then((result) => self.tell(result))`,
  )
}
