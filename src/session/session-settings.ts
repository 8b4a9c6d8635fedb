import type { Data, TextFormat } from "./frame.ts"
import type { SessionEnd } from "./saved-session.ts"
import type { ElementLogs } from "./sent-messages.ts"
import type { SharedFrames } from "./shared-frames.ts"

export interface SessionSettings {
  readonly format: TextFormat
  /** With as many unacknowledged bytes the flow gets no demand. Default 64 KiB. */
  readonly window?: number
  /**
   * Whether each acknowledgement is stored. Without it a restored session may have less room than before, which only delays the flow for a
   * request. Default: only one that makes room.
   */
  readonly storesAcknowledgements?: boolean
  /** The logs of the hubs whose elements the session does not keep. */
  readonly logs?: ElementLogs
  /** Encodes elements once for all clients. */
  readonly frames?: SharedFrames
}

/** With as many messages of its own, or bytes of them, the server requests an acknowledgement. */
export const requestAfter = { messages: 32, bytes: 8_192 }

/** The output of one event. */
export interface Outgoing {
  readonly frames: readonly Data[]
  /** The close that follows the frames. */
  readonly end?: SessionEnd
}
