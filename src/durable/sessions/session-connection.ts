import type { AwakeSocket } from "../sockets/awake-socket.ts"
import type { SessionSocket } from "./session-socket.ts"

/** A connection with a session. */
export type SessionConnection = AwakeSocket & { readonly sessionSocket: SessionSocket }

export function hasSession(awake: AwakeSocket): awake is SessionConnection {
  return awake.sessionSocket !== undefined
}

export function hasOpenSession(awake: AwakeSocket): awake is SessionConnection {
  return hasSession(awake) && !awake.sessionSocket.isOver
}
