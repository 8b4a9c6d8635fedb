import type { Settings } from "./settings.ts"
import type { Chapter, SimulatedClient } from "./simulated-client.ts"
import type { SimulatedObject } from "./simulated-object.ts"

/** Rows 50 to 56 of the contract, as far as they can be seen at any moment. */
export function checkAlways(object: SimulatedObject, clients: readonly SimulatedClient[], settings: Settings): void {
  for (const { chapters, chapter, isClosed } of clients)
    for (const each of chapters) checkChapter(object, each, isClosed || each !== chapter)
  // Leaves hibernating sessions alone: a session that is restored here would not be restored by the next step.
  for (const { session, flow } of object.awake()) {
    // One message may begin below the window and end above it.
    if (session.bufferedAmount > settings.window + 200) throw broken("a tail exceeds its window", session.id)
    if (flow.inbox.length > settings.maxInFlight) throw broken("an inbox exceeds what may be in flight", session.id)
  }
}

function checkChapter(object: SimulatedObject, chapter: Chapter, isOver: boolean): void {
  const { id, sent, received, confirmed, unconfirmed, code } = chapter
  if (id === undefined) return
  const log = object.logs.durableOf(id)
  if (!log) throw broken("a client was welcomed to a session that is not durable", id)
  const { emitted, handled } = log
  if (!isBeginning(received, emitted))
    throw broken("received is no beginning of what was emitted for good", { received, emitted })
  if (!isBeginning(handled, sent)) throw broken("handled is no beginning of what was sent", { handled, sent })
  if (confirmed > handled.length) throw broken("confirmed, but not handled for good", { handled, confirmed })
  if (isOver && !isSame([...sent.slice(0, confirmed), ...unconfirmed], sent))
    throw broken("a message is neither confirmed nor given back", { sent, confirmed, unconfirmed })
  if (code !== undefined && (code !== log.code || !isSame(received, emitted)))
    throw broken("a close came before what was emitted before it", { code, log, received })
  if (code !== undefined && confirmed !== handled.length)
    throw broken("at the end, what is confirmed is not what was handled", { confirmed, handled })
}

/** As many elements of a hub no script publishes. */
export const manyElements = 200

/** The laws when the network has healed and no packet is on its way. */
export function checkHealed(object: SimulatedObject, clients: readonly SimulatedClient[], settings: Settings): void {
  for (const { chapter, isClosed } of clients) {
    if (isClosed) continue
    const { id = "", sent, received, confirmed } = chapter
    const { emitted, handled, code, joined } = object.logs.of(id)
    const flow = object.find(id)?.flow
    if (!flow) throw broken("the session of an open client is gone", id)
    if (code !== undefined) throw broken("a close did not arrive", code)
    if (flow.blocked.length + flow.inbox.length > 0) throw broken("a flow waits for ever", flow)
    const elements = received.filter((text) => text.startsWith("hub:"))
    if (settings.keep >= manyElements && !isSame(elements, object.hub.heardBy(id, joined)))
      throw broken("not every element of the hub has come once and in order", elements)
    if (!isSame(received, emitted)) throw broken("not everything has arrived", { received, emitted })
    if (!isSame(handled, sent) || confirmed !== sent.length)
      throw broken("not everything is handled", { sent, handled, confirmed })
  }
}

/** The laws when all sessions are over. */
export function checkOver(object: SimulatedObject, clients: readonly SimulatedClient[], settings: Settings): void {
  checkAlways(object, clients, settings)
  for (const [id, { left, excuse }] of object.logs.all)
    if (left !== 1 && !(left === 0 && excuse === "killed"))
      throw broken("a connection has not ended once", { id, left, excuse })
  const { effects } = object
  for (const [id, { handled }] of object.logs.all) {
    const expected = handled.filter((message) => message.includes("effect")).map((message) => `${id} ${message}`)
    const found = effects.filter((effect) => effect.startsWith(`${id} `))
    if (!isSame(found, expected)) throw broken("the effects are not those of what was handled", { found, expected })
  }
  const rows = object.storage.keys("session/")
  if (rows.length > 0) throw broken("rows are left behind", rows)
}

/** A client must be welcomed to the session that it had, unless that may be gone. */
export function checkWelcome(object: SimulatedObject, client: SimulatedClient, id: string, resumed: boolean): void {
  const { before, link } = client
  if (resumed && link?.isTooLate) throw broken("a session was resumed after it had expired", id)
  if (resumed ? before !== id : before === id) throw broken("a welcome to the wrong session", { before, id, resumed })
  const excuse = before === undefined ? undefined : object.logs.of(before).excuse
  if (before !== undefined && !resumed && !excuse) throw broken("a session was given up without a reason", before)
}

function isBeginning(part: readonly string[], whole: readonly string[]): boolean {
  return part.every((item, index) => item === whole[index])
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && isBeginning(one, other)
}

function broken(what: string, detail: unknown): Error {
  return new Error(`${what}: ${JSON.stringify(detail)}`)
}
