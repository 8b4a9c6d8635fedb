import { checkNames, wrongValue } from "../stream/author-value.ts"
import { type Duration, toMilliseconds } from "../stream/duration.ts"

/** How long a connection outlives its socket. */
export interface Resume {
  /** How long the client may be without a socket before the connection ends, at least 1 ms. */
  within: Duration
  /**
   * Whether the connection is stored with every event that changes it, so that it outlives a crash and a forced eviction too, at
   * the price of one row for each event. Default `false`: it is kept with the socket, and stored while there is no socket.
   */
  durable?: boolean
}

/** The checked settings of `Resume`, with `within` in milliseconds. */
export interface ResumeSettings {
  readonly within: number
  readonly durable: boolean
}

/**
 * Checks the option `resume`. Throws a `RangeError` for a `within` that is no duration of at least 1 ms, and a `TypeError` for anything
 * but an object and for an unknown option.
 */
export function resumeSettings(resume: Resume | undefined): ResumeSettings | undefined {
  if (resume === undefined) return undefined
  if (typeof resume !== "object" || resume === null) {
    throw wrongValue("resume is", resume, 'write resume: { within: "2 minutes" }')
  }
  const settings = {
    within: toMilliseconds(resume.within, 1, "resume: within"),
    durable: resume.durable === true,
  }
  checkNames("resume option", resume, settings)
  return settings
}

/** Throws a `TypeError` for `resume` in a plain Worker, which keeps nothing of a connection whose socket is lost. */
export function refuseResume({ resume }: { resume?: Resume }): void {
  if (resume === undefined) return
  throw new TypeError(
    "A plain Worker cannot resume connections: return webSocket.endpoint(codec, flow, { resume }) from the accept of a FlowObject, and forward to it",
  )
}
