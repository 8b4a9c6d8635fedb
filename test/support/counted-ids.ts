import { vi } from "vitest"

/** Makes `crypto.randomUUID` count from 1, so that two runs have the same ids. */
export function countIds(): void {
  let ids = 0
  vi.spyOn(crypto, "randomUUID").mockImplementation(() => `00000000-0000-4000-8000-${`${++ids}`.padStart(12, "0")}`)
}
