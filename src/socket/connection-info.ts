import { checkJson } from "./json-writer.ts"

/** What a Durable Object knows of a connection: all that its flow may depend on, kept as long as the socket is open. */
export interface ConnectionInfo<Data = unknown> {
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
  data: Data
}

/** What logs and metrics call the endpoint. */
export function routeOf({ route, url }: ConnectionInfo): string {
  return route ?? new URL(url).pathname
}

/**
 * Where requests from our own Worker are addressed to. No client can reach the Worker by this host: a request that was merely
 * passed on has the address that the client asked for, and its info are not believed.
 */
const address = "https://sluice.invalid/"
const header = "Sluice-Info"

/** Placeholder info for checking the flow of a class before any client connects. */
export const emptyInfo: ConnectionInfo = {
  id: "",
  url: address,
  route: "",
  params: {},
  headers: {},
  data: undefined,
}

/**
 * The upgrade request that hands a socket over to an object, with what the object gets to know of it.
 *
 * @throws a `TypeError` that names the part of `data` that JSON would lose
 */
export function withInfo(request: Request, info: Omit<ConnectionInfo, "id">): Request {
  const headers = new Headers(request.headers)
  if (info.data !== undefined)
    checkJson(info.data, "webSocket.forward hands over JSON, and its data has", "await it first")
  headers.set(header, encodeURIComponent(JSON.stringify(info)))
  return new Request(address, { headers })
}

/** The info that came with a request from our own Worker; `undefined` for any other request. */
export function infoOf(request: Request): ConnectionInfo | undefined {
  const info = request.headers.get(header)
  if (request.url !== address || info === null) return undefined
  return { ...JSON.parse(decodeURIComponent(info)), id: crypto.randomUUID() }
}
