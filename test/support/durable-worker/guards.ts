import type { KeepAlive, Limits, SlowReaderStrategy } from "sluice"

/** The limits and the keep-alive text that the query of an address asks for, such as `?idleTimeout=60000&ping=hey`. */
export function guardsOf(url: string): { limits: Limits; keepAlive?: KeepAlive } {
  const query = new URL(url).searchParams
  const number = (name: string) => {
    const value = query.get(name)
    return value === null ? {} : { [name]: Number(value) }
  }
  const slowReader = query.get("slowReader") as SlowReaderStrategy | null
  const request = query.get("ping")
  return {
    limits: { ...number("idleTimeout"), ...number("outgoing"), ...number("inbox"), ...(slowReader && { slowReader }) },
    ...(request !== null && { keepAlive: { request, response: `${request}!` } }),
  }
}
