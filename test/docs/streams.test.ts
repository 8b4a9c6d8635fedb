import { Sink, Source } from "sluice"
import { expect, it } from "vitest"

it("a closed graph runs outside a socket", async () => {
  // #region run
  const squares = await Source.range(1, 4)
    .mapAsync(2, async (n) => n * n)
    .zip(Source.cycle(["odd", "even"]))
    .runWith(Sink.toArray())
  // #endregion
  expect(squares).toEqual([
    [1, "odd"],
    [4, "even"],
    [9, "odd"],
    [16, "even"],
  ])
})
