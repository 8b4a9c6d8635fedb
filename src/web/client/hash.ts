/** The target of the page's address: a handler, and the last segment of its path where it has one. */
export interface Place {
  handler: string
  segment?: string
}

/** Reads `#stopwatch/k7mq-2vxp`. */
export function readHash(): Place {
  const [handler = "", ...rest] = location.hash.slice(1).split("/")
  const segment = decoded(rest.join("/"))
  return { handler, ...(segment && { segment }) }
}

export function hashOf({ handler, segment }: Place): string {
  return segment ? `#${handler}/${encodeURIComponent(segment)}` : `#${handler}`
}

let retry: number | undefined

/** Replaces the address of the page, without a new entry in the history. */
export function writeHash(place: Place): void {
  const hash = hashOf(place)
  clearTimeout(retry)
  if (hash === location.hash) return
  try {
    history.replaceState(null, "", hash)
  } catch {
    // WebKit throws at more than 100 changes in 10 seconds, which an arrow key held down in the list makes.
    retry = setTimeout(() => writeHash(place), 10_000)
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A link that was cut off within an escape sequence.
    return ""
  }
}
