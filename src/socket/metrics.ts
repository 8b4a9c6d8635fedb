import type { Data } from "./codec.ts"
import { truncateUtf8 } from "./utf8.ts"

/** In bytes. Analytics Engine takes no longer index. */
const longestIndex = 96

/** The counters of a route since this instance of the Worker has started. */
export class Metrics {
  /** Open connections. A connection that has hibernated since before this instance started counts once it wakes. */
  open = 0
  /** Connections that were opened. */
  opened = 0
  messagesIn = 0
  messagesOut = 0
  /** Bytes of binary messages, UTF-16 code units of text. Counting UTF-8 would have to encode each text. */
  bytesIn = 0
  bytesOut = 0
  /** Messages and closes that the codec could not decode. */
  decodeErrors = 0
  /** Messages among them for which the codec threw an error other than a `CloseError`, which may be a fault of the codec. */
  codecErrors = 0
  /** Messages dropped by a full inbox, or because the client reads too slowly. */
  drops = 0
  /** Connections closed because a buffer with the strategy `fail` was full. */
  overflows = 0
  /** Flows restored after hibernation. */
  wakes = 0
  /** Timers of flows that fired. */
  alarms = 0
  /** How many connections were closed with each code, by the client or by the endpoint. */
  readonly closes = new Map<number, number>()
  readonly #ids = new Set<string>()

  /** A connection has opened, or was restored. */
  connected(id: string): void {
    this.#ids.add(id)
    this.open = this.#ids.size
  }

  received(data: Data): void {
    this.messagesIn++
    this.bytesIn += data.length
  }

  sent(data: Data): void {
    this.messagesOut++
    this.bytesOut += data.length
  }

  closed(id: string, code: number): void {
    this.#ids.delete(id)
    this.open = this.#ids.size
    this.closes.set(code, (this.closes.get(code) ?? 0) + 1)
  }
}

const all = new Map<string, Metrics>()

/** The metrics of a route in a map of metrics, by its path as it was written; added to it if there are none. */
export function metricsOf(route: string, routes: Map<string, Metrics> = all): Metrics {
  const known = routes.get(route) ?? new Metrics()
  routes.set(route, known)
  return known
}

/**
 * The metrics of all routes, by their paths as they were written, except those of endpoints with a map of their own. They live as
 * long as this instance of the Worker, of which there may be many.
 */
export function metrics(): ReadonlyMap<string, Metrics> {
  return all
}

/**
 * The metrics of a route as a data point for Analytics Engine: the route as index, cut to 96 bytes, then the numbers in the order of
 * `Metrics`, then the numbers of connections that closed in order (1000, 1001, 1005), by the client or the network (all other codes), and
 * by an error (1011).
 *
 * @example `for (const [route, counted] of metrics()) env.METRICS.writeDataPoint(toDataPoint(route, counted))`
 */
export function toDataPoint(route: string, metrics: Metrics): { indexes: string[]; doubles: number[] } {
  const count = (isMeant: (code: number) => boolean) =>
    [...metrics.closes].reduce((sum, [code, times]) => (isMeant(code) ? sum + times : sum), 0)
  const inOrder = count((code) => code === 1000 || code === 1001 || code === 1005)
  const byError = count((code) => code === 1011)
  const closes = [inOrder, count(() => true) - inOrder - byError, byError]
  const { open, opened, messagesIn, messagesOut, bytesIn, bytesOut } = metrics
  const { decodeErrors, codecErrors, drops, overflows, wakes, alarms } = metrics
  const messages = [open, opened, messagesIn, messagesOut, bytesIn, bytesOut]
  const troubles = [decodeErrors, codecErrors, drops, overflows, wakes, alarms]
  return { indexes: [truncateUtf8(route, longestIndex)], doubles: [...messages, ...troubles, ...closes] }
}
