import { checkJson } from "./json-writer.ts"

/** The info of a connection of a Durable Object. Its flow may depend on it, because it is kept while the socket is open. */
export interface ConnectionInfo<Data = unknown> {
  /** Identifies the connection within its object, and in logs. */
  id: string
  /** The URL of the client's request. */
  url: string
  /** The path of the route as it was written, such as `/rooms/:room`. */
  route: string
  /** The params of the route's path. */
  params: Record<string, string>
  /** The request's headers that the route keeps, by their names in lower case. */
  headers: Record<string, string>
  /** The `data` that the route passed, such as the user. */
  data: Data
}

/**
 * The URL of requests from `webSocket.forward`. No client can request it, so the info header is trusted at this URL only: a request
 * that a Worker passes on unchanged has the URL that the client asked for.
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
 * The upgrade request that hands a socket over to an object, with the info of the connection.
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
