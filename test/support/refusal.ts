import { expect } from "vitest"
import { CloseError } from "../../src/socket/close.ts"

export const utf8 = (text: string) => new TextEncoder().encode(text)

/** The error that `f` throws; an error if it does not. */
export function thrownBy(f: () => unknown): unknown {
  try {
    f()
  } catch (error) {
    return error
  }
  throw new Error("Nothing was thrown")
}

/** The reason for which a codec refuses a message. */
export function refusal(decode: () => unknown): string {
  const error = thrownBy(decode)
  expect(error).toBeInstanceOf(CloseError)
  expect(error).toMatchObject({ code: 1003 })
  return error instanceof CloseError ? error.reason : ""
}
