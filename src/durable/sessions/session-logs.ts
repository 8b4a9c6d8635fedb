import type { Data } from "../../session/frame.ts"
import type { SessionSettings } from "../../session/session-settings.ts"
import type { Endpoint } from "../../socket/endpoint.ts"
import type { SocketsHost } from "../object-context.ts"

/** The parts of an object that its sessions use to read the logs of its hubs. */
export type LogsHost = Pick<SocketsHost, "logOf" | "sessionFrames" | "share">

/** The settings of the session of an endpoint, with the logs of all hubs. */
export function settingsOf({ logOf, sessionFrames, share }: LogsHost, endpoint: Endpoint): SessionSettings {
  const { format, limits } = endpoint
  return {
    format,
    window: limits.maxBufferedAmount,
    // Without room other strategies drop messages or close the session.
    storesAcknowledgements: limits.slowReader !== "backpressure",
    frames: sessionFrames,
    logs: {
      next: (hub) => logOf(hub)?.delivered,
      has(hub, number) {
        const log = logOf(hub)
        return log !== undefined && number >= log.first && number < log.next
      },
      read(hub, number): Data {
        const kept = logOf(hub)?.get(number)
        const frame = kept && endpoint.direct.frame(kept.element, share)
        if (typeof frame === "string" || frame instanceof Uint8Array) return frame
        throw new TypeError(`Element ${number} of ${hub} is no message`)
      },
    },
  }
}
