/** Without letters and digits that look alike. */
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789"

/** An id of 40 random bits that can be read out, such as `k7mq-2vxp`. */
export function randomId(): string {
  // `crypto.randomUUID` needs https, which a server in development lacks.
  const letters = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => alphabet[byte % 32])
  return `${letters.slice(0, 4).join("")}-${letters.slice(4).join("")}`
}
