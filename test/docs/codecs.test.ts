import { text } from "sluice"
import { expect, it } from "vitest"

// #region codec
const numbers = text.map(Number).contramap(String) // Codec<number, number>
// #endregion

it("a codec is made from another one", () => {
  expect(numbers.decode("42")).toBe(42)
  expect(numbers.encode(42)).toBe("42")
})
