/** The text, well-formed, and cut between characters to at most so many bytes of UTF-8. */
export function truncateUtf8(text: string, size: number): string {
  const whole = text.toWellFormed()
  // A UTF-16 code unit becomes at most three bytes of UTF-8.
  if (whole.length * 3 <= size) return whole
  const { read } = new TextEncoder().encodeInto(whole, new Uint8Array(size))
  return whole.slice(0, read)
}
