import type { AutoResponse, Limits, SlowReaderStrategy } from "sluice"

/** The limits and the keep-alive text in the query of an address, such as `?idleTimeout=60000&ping=hey`. */
export function guardsOf(url: string): { limits: Limits; autoResponse?: AutoResponse } {
  const query = new URL(url).searchParams
  const number = (name: string) => {
    const value = query.get(name)
    return value === null ? {} : { [name]: Number(value) }
  }
  const slowReader = query.get("slowReader") as SlowReaderStrategy | null
  const request = query.get("ping")
  return {
    limits: {
      ...number("idleTimeout"),
      ...number("maxBufferedAmount"),
      ...number("maxQueuedMessages"),
      ...(slowReader && { slowReader }),
    },
    ...(request !== null && { autoResponse: { request, response: `${request}!` } }),
  }
}
