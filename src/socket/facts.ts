/** What a Durable Object knows of a connection: all that its flow may depend on, kept as long as the socket is open. */
export interface ConnectionFacts<Given = unknown> {
  /** Identifies the connection within its object, and in logs. */
  id: string
  /** The address that the client asked for. */
  url: string
  /** The path of the route as it was written, such as `/rooms/:room`. */
  route: string
  /** The params of the route's path. */
  params: Record<string, string>
  /** The request's headers that the route asked to keep. */
  headers: Record<string, string>
  /** What the route found out about the client, such as who the user is. */
  given: Given
}

/** What logs and counters call the endpoint. */
export function routeOf({ route, url }: ConnectionFacts): string {
  return route ?? new URL(url).pathname
}

/**
 * Where requests from our own Worker are addressed to. No client can reach the Worker by this host: a request that was merely
 * passed on has the address that the client asked for, and its facts are not believed.
 */
const address = "https://sluice.invalid/"
const header = "Sluice-Facts"

/** Placeholder facts for checking the flow of a class before any client connects. */
export const emptyFacts: ConnectionFacts = {
  id: "",
  url: address,
  route: "",
  params: {},
  headers: {},
  given: undefined,
}

/** The upgrade request that hands a socket over to an object, with the facts. */
export function withFacts(request: Request, facts: Omit<ConnectionFacts, "id">): Request {
  const headers = new Headers(request.headers)
  headers.set(header, encodeURIComponent(JSON.stringify(facts)))
  return new Request(address, { headers })
}

/** The facts that came with a request from our own Worker; `undefined` for any other request. */
export function factsOf(request: Request): ConnectionFacts | undefined {
  const facts = request.headers.get(header)
  if (request.url !== address || facts === null) return undefined
  return { ...JSON.parse(decodeURIComponent(facts)), id: crypto.randomUUID() }
}
