/** The messages that a client sends before the first is acknowledged: half of those that a connection of the server queues by default. */
export const defaultInFlight = 128

/** The subprotocol. Its name is the version of the frames. */
export const sessionProtocol = "sluice.1"

/** The close code of a socket whose session goes on with another socket. */
export const takenOver = 4409
/** The close code of a client that leaves its session for a while. A script cannot send 1001. */
export const awayCode = 4408

/** A client's request to resume: its session, and how many messages of the server it has. */
export interface Offer {
  readonly session: string
  readonly received: number
  /** Rises with each request after one that got no welcome, which may arrive after the later ones. Default 0. */
  readonly attempt?: number
}

/** The subprotocols that a client offers. A handshake needs no first message, and unlike a URL it keeps the id out of logs. */
export function encodeOffer(offer?: Offer): string[] {
  if (!offer) return [sessionProtocol]
  const { session, received, attempt = 0 } = offer
  const resuming = [sessionProtocol, `sluice.at.${session}.${received}`]
  return attempt > 0 ? [...resuming, `sluice.attempt.${attempt}`] : resuming
}

/** The request in the offered subprotocols; `undefined` for a new session. */
export function decodeOffer(protocols: readonly string[]): Offer | undefined {
  const [session, received] = groupsIn(protocols, /^sluice\.at\.([\w-]{1,64})\.(\d{1,15})$/)
  const [attempt] = groupsIn(protocols, /^sluice\.attempt\.(\d{1,15})$/)
  if (!session) return undefined
  return { session, received: Number(received), ...(attempt && { attempt: Number(attempt) }) }
}

/** The groups of the first subprotocol that matches. */
function groupsIn(protocols: readonly string[], pattern: RegExp): string[] {
  const first = protocols.find((protocol) => pattern.test(protocol)) ?? ""
  return pattern.exec(first)?.slice(1) ?? []
}
