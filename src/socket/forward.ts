import type { Context } from "hono"
import { checkNames } from "../stream/author-value.ts"
import { type ConnectionInfo, withInfo } from "./connection-info.ts"
import type { Json } from "./json-value.ts"
import { rejection } from "./refusal.ts"
import { routeOf, switching } from "./upgrade.ts"

/** The stub of a `FlowObject`; `Data` is the type of the `data` that its class takes from routes. */
export interface FlowStub<Data = never> {
  fetch(request: Request): Promise<Response>
  /** Carries the type of `Data` from the class to `webSocket.forward`; never called. */
  readonly sluiceData?: (data: Data) => unknown
}

/** An object that declares no type takes any data. */
type Sent<Data> = unknown extends Data ? unknown : Json<Data>

/** The options of `webSocket.forward`. */
export interface ForwardOptions<Data> {
  /** `data` of the object's `accept`: JSON, checked by the object's `dataSchema` if it has one. No client can set it. Default: none. */
  data?: Sent<Data>
  /** Names of the request's headers that `accept` gets. Default: none. */
  headers?: readonly string[]
}

/** Sends an upgrade request to an object: its 101, or the response that it refuses the socket with. */
export async function forwardTo(
  c: Context,
  stub: FlowStub,
  options: { data?: unknown; headers?: readonly string[] },
): Promise<Response> {
  const { data, headers = [] } = options
  checkNames("forward option", options, { data, headers })
  const request = c.req.raw
  const kept = headers.flatMap((name) => {
    const value = request.headers.get(name)
    return value === null ? [] : [[name.toLowerCase(), value] as const]
  })
  const info: Omit<ConnectionInfo, "id"> = {
    url: request.url,
    params: Object.fromEntries(Object.entries(c.req.param()).map(([name, value]) => [name, String(value)])),
    headers: Object.fromEntries(kept),
    data,
    route: routeOf(c),
  }
  const response = await stub.fetch(withInfo(request, info))
  if (response.webSocket) return switching(c, response.webSocket, response.headers)
  if (!response.ok) return rejection(response)
  await response.body?.cancel()
  throw new TypeError(
    `The object behind ${info.route} answered ${response.status} to an upgrade: its class must extend FlowObject, and a fetch of its own must return super.fetch(request)`,
  )
}
