import { expect, it } from "vitest"
import { Flow } from "../../src/stream/flow.ts"
import { Sink } from "../../src/stream/sink.ts"
import { Source } from "../../src/stream/source.ts"
import { TestClock } from "../../src/testing/test-clock.ts"

export const flow = () => Flow.of<number>()
export const other = Source.range(1, 3)
/** A value as from a program without types. */
export const anything = (value: unknown) => value as never
export const promised = (value: unknown) => anything(Promise.resolve(value))

/** Wrong return values of an author's functions, and the messages of the failures. */
export type Mistakes = Record<string, [source: () => Source<unknown>, message: string]>

function end(source: Source<unknown>): Promise<unknown> {
  const clock = new TestClock()
  const ended = source.runWith(Sink.ignore(), { clock })
  clock.advance(100)
  return ended
}

/** Tests that each of these flows fails with its message. */
export function rejectsEach(mistakes: Mistakes): void {
  it.each(Object.entries(mistakes))("%s", async (_, [source, message]) => {
    await expect(end(source())).rejects.toThrow(message)
  })
}
