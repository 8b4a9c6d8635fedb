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
}

/** The subprotocols that a client offers. A handshake needs no first message, and unlike a URL it keeps the id out of logs. */
export function encodeOffer(offer?: Offer): string[] {
  return offer ? [sessionProtocol, `sluice.at.${offer.session}.${offer.received}`] : [sessionProtocol]
}

/** The request in the offered subprotocols; `undefined` for a new session. */
export function decodeOffer(protocols: readonly string[]): Offer | undefined {
  for (const protocol of protocols) {
    const [, session, received] = /^sluice\.at\.([\w-]{1,64})\.(\d{1,15})$/.exec(protocol) ?? []
    if (session && received) return { session, received: Number(received) }
  }
}
