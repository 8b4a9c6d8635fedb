import type { ConnectionInfo } from "../../socket/connection-info.ts"
import { isDeepEqual } from "../shared/deep-equal.ts"

/** The length of a connection's id, a UUID, with which the id of its session begins. */
export const idLength = 36

/** The secret part of a session's id: 128 random bits, in the characters of a subprotocol. */
export function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
}

/** Whether a client that resumes has the route, the params and the data of the session's connection. */
export function isSameClient(before: ConnectionInfo, now: ConnectionInfo): boolean {
  const { route, params, data } = before
  return route === now.route && isDeepEqual(params, now.params) && isDeepEqual(data, now.data)
}
